package io.syncline.history;

/** H4: no duplicates from an idempotent producer. */
final class H4NoDuplicates extends HistoryRule
{
    H4NoDuplicates(final HistoryChecker checker)
    {
        super("H4", checker);
    }

    @Override
    void onRead(final int reader, final long partition, final long offset, final int epoch, final long id, final int record)
    {
        if (record >= 0 && records().isIdempotent(record))
        {
            judge();
            final long before = records().foundAt(record);
            if (before >= 0 && before != offset)
            {
                violated(partition, of(record), "one place", "offsets " + before + " and " + offset);
            }
        }
    }
}
