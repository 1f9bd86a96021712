package io.syncline.history;

/**
 * H2: no definitely refused record is ever read; an indeterminate one at most once. A record has one fate, so nobody is
 * told twice of it either.
 */
final class H2RefusedIsNeverRead extends HistoryRule
{
    H2RefusedIsNeverRead(final HistoryChecker checker)
    {
        super("H2", checker);
    }

    @Override
    void onAnswer(final int record)
    {
        judge();
        if (records().outcome(record) == HistoryRecords.REFUSED && records().foundAt(record) >= 0)
        {
            refusedAndRead(record, records().foundAt(record));
        }
    }

    @Override
    void onAnswerAgain(final int record, final byte outcome)
    {
        violated(records().partition(record), of(record), "one answer", "another one after " + records().outcomeName(record) +
            (records().ackedAt(record) >= 0 ? " at " + records().ackedAt(record) : ""));
    }

    @Override
    void onRead(final int reader, final long partition, final long offset, final int epoch, final long id, final int record)
    {
        if (record == HistoryRecords.NONE)
        {
            return;
        }
        judge();
        if (records().outcome(record) == HistoryRecords.REFUSED)
        {
            refusedAndRead(record, offset);
        }
        final long before = records().foundAt(record);
        if (!records().isIdempotent(record) && before >= 0 && before != offset)
        {
            violated(partition, of(record), "one place for a record that is " + records().outcomeName(record),
                "offsets " + before + " and " + offset);
        }
    }

    private void refusedAndRead(final int record, final long offset)
    {
        violated(records().partition(record), of(record), "no reader to see a refused record", "it at offset " + offset);
    }
}
