package io.syncline.client;

import org.agrona.DirectBuffer;

import java.util.concurrent.CompletableFuture;

/** See package. */
public final class Producer implements AutoCloseable
{
    /** Settings of a producer. */
    public static final class Context extends ProducerContext<Context>
    {
        @Override
        Context self()
        {
            return this;
        }
    }
    /** Published ahead of its body. */
    public static Producer connect(final Context context)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public static Producer open(final Context context)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public boolean isReady()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public int handle(final String topic, final int partition)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public int tryHandle(final String topic, final int partition)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public TopicHandle topic(final String topic)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public TopicPartition topicPartition(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public long offer(final int handle, final DirectBuffer buffer, final int offset, final int length)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public long offer(final int handle, final DirectBuffer key, final int keyOffset, final int keyLength, final DirectBuffer value, final int valueOffset, final int valueLength)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public long tryClaim(final int handle, final int length, final RecordClaim claim)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public int poll()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public boolean flush(final long timeoutNs)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public long unacknowledged()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public long unacknowledged(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public long nextSequence(final int handle)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public CompletableFuture<RecordMetadata> send(final String topic, final int partition, final byte[] key, final byte[] value)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public long producerId()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public long clientId()
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

    /** Published ahead of its body. */
    public static boolean isUnknown(final int code)
    {
        throw new UnsupportedOperationException();
    }

    /** Ends. */
    @Override
    public void close()
    {
    }
}
