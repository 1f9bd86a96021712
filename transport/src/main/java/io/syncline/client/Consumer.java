package io.syncline.client;


/** See package. */
public final class Consumer implements AutoCloseable
{
    /** Settings of a consumer. */
    public static final class Context extends ConsumerContext<Context>
    {
        @Override
        Context self()
        {
            return this;
        }
    }
    /** Published ahead of its body. */
    public static Consumer connect(final Context context)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public static Consumer open(final Context context)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public boolean isReady()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public int assign(final String topic, final int partition)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public int tryAssign(final String topic, final int partition)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void unassign(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public TopicPartition topicPartition(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void seek(final int handle, final long offset)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void seekToBeginning(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void seekToEnd(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public long position(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public long highWatermark(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public int servedBy(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void pause(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void resume(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public int poll(final RecordHandler handler, final int limit)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void commit(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void commit(final int handle, final long offset)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public long committed(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public ClusterDescription metadata()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public boolean isClosed()
    {
        throw new UnsupportedOperationException();
    }

    /** Ends. */
    @Override
    public void close()
    {
    }
}
