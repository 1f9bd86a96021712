package io.syncline.history;

/** H3: one value per offset, whoever looks. */
final class H3OneValuePerOffset extends HistoryRule
{
    H3OneValuePerOffset(final HistoryChecker checker)
    {
        super("H3", checker);
    }

    @Override
    void onRead(final int reader, final long partition, final long offset, final int epoch, final long id, final int record)
    {
        judge();
        final OffsetValues values = checker().values(partition);
        final long before = values.id(offset);
        if (before != OffsetValues.UNREAD && (before != id || values.epoch(offset) != epoch))
        {
            violated(partition, by(reader, partition) + ", offset " + offset, value(before, values.epoch(offset)), value(id, epoch));
        }
        if (record >= 0 && records().partition(record) != partition)
        {
            violated(partition, by(reader, partition) + ", offset " + offset,
                "record " + names().record(id) + " in " + at(records().partition(record)) + ", where it was sent", "it here");
        }
    }

    /** What producers were told of one offset is a look as well. */
    @Override
    void onEnd()
    {
        for (int record = 0; record < records().size(); record++)
        {
            if (records().isCommitted(record))
            {
                judge();
                final long partition = records().partition(record);
                final long there = checker().values(partition).id(records().ackedAt(record));
                if (there != OffsetValues.UNREAD && there != records().id(record))
                {
                    violated(partition, at(partition) + ", offset " + records().ackedAt(record),
                        "record " + names().record(records().id(record)) + ", acknowledged there",
                        "record " + names().record(there));
                }
            }
        }
    }

    private String value(final long id, final int epoch)
    {
        return "record " + names().record(id) + " of epoch " + epoch;
    }
}
