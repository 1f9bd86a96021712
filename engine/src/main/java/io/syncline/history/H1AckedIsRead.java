package io.syncline.history;

/** H1: every acked record is read at its acked offset after heal. */
final class H1AckedIsRead extends HistoryRule
{
    H1AckedIsRead(final HistoryChecker checker)
    {
        super("H1", checker);
    }

    @Override
    void onEnd()
    {
        checker().readers().forEach((reader) ->
        {
            if (reader.isComplete())
            {
                judge(reader);
            }
        });
    }

    private void judge(final ReaderHistory reader)
    {
        for (int record = 0; record < records().size(); record++)
        {
            final long partition = records().partition(record);
            final long offset = records().ackedAt(record);
            if (records().isCommitted(record) && offset >= checker().logStart(partition))
            {
                judge();
                final long found = reader.hasRead(partition, offset) ? checker().values(partition).id(offset) : OffsetValues.UNREAD;
                if (found != records().id(record))
                {
                    violated(partition, of(record), "the record at " + offset + ", where it was acknowledged",
                        (found == OffsetValues.UNREAD ? "nothing" : "record " + names().record(found)) + " read there by reader " +
                        names().reader(reader.reader()) + (reader.hasRead(partition) ? ", who read from " +
                        reader.first(partition) + " to " + reader.next(partition) : ", who read nothing of it"));
                }
            }
        }
    }
}
