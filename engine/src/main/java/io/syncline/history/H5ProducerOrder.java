package io.syncline.history;

import org.agrona.collections.Int2IntHashMap;

/**
 * H5: producer order holds. For an idempotent producer and one partition, offsets follow sequences; a plain producer
 * sends again what it is in doubt about, and gives its order up with that.
 */
final class H5ProducerOrder extends HistoryRule
{
    H5ProducerOrder(final HistoryChecker checker)
    {
        super("H5", checker);
    }

    @Override
    void onEnd()
    {
        checker().forEachPartition((partition, values) ->
        {
            final Int2IntHashMap lastOfProducer = new Int2IntHashMap(HistoryRecords.NONE);
            values.forEach((offset, id) ->
            {
                final int record = records().indexOf(id);
                // A second copy is a duplicate, for H4 to find.
                if (record >= 0 && records().isIdempotent(record) && records().foundAt(record) == offset)
                {
                    judge();
                    final int last = lastOfProducer.put(records().producer(record), record);
                    if (last != HistoryRecords.NONE && records().sequence(last) >= records().sequence(record))
                    {
                        violated(partition, of(record) + ", producer " + names().producer(records().producer(record)),
                            "sequence " + records().sequence(record) + " before sequence " + records().sequence(last),
                            "offsets " + offset + " and " + records().foundAt(last));
                    }
                }
            });
        });
    }
}
