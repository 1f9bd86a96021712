package io.syncline.history;

/** How a history calls its partitions, records, producers and readers in messages. */
public interface HistoryNames
{
    /** The numbers themselves. */
    HistoryNames NUMBERS = new HistoryNames()
    {
    };

    /**
     * @param partition key of a partition
     * @return its name
     */
    default String partition(final long partition)
    {
        return Long.toString(partition);
    }

    /**
     * @param id of a record
     * @return its name
     */
    default String record(final long id)
    {
        return Long.toString(id);
    }

    /**
     * @param producer number of a producer
     * @return its name
     */
    default String producer(final int producer)
    {
        return Integer.toString(producer);
    }

    /**
     * @param reader number of a reader
     * @return its name
     */
    default String reader(final int reader)
    {
        return Integer.toString(reader);
    }
}
