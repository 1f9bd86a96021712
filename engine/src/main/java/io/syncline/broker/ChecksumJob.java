package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchFlyweight;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.zip.CRC32C;

/**
 * One running CRC32C over the batches of a replica in [from, to), below its high watermark; done in steps, so that a
 * long log never keeps the conductor from its other duties, and for a bounded number of bytes, so that whoever asks
 * hears how far it has come. Two replicas with the same answer hold the same bytes.
 * <p>
 * The reader stays open from step to step: one that is new to a log has to walk its segment up to the offset wanted,
 * and a walk a step costs more than the sum.
 */
final class ChecksumJob implements AutoCloseable
{
    private final long clientId;
    private final long correlationId;
    private final long key;
    private final long fromOffset;
    private final long toOffset;
    private final long maxBytes;
    private final CRC32C crc = new CRC32C();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final BatchFlyweight batch = new BatchFlyweight();
    private byte[] copy = new byte[0];
    private PartitionReader reader;
    private PartitionCounters counters;
    private long nextOffset;
    private long summedBytes;
    private int code = Codes.OK;
    private boolean isDone;

    /**
     * @param maxBytes of batches after which the job is done; the batch that reaches it is the last one summed up
     */
    ChecksumJob(
        final long clientId, final long correlationId, final long key, final long fromOffset, final long toOffset,
        final long maxBytes)
    {
        this.clientId = clientId;
        this.correlationId = correlationId;
        this.key = key;
        this.fromOffset = fromOffset;
        this.toOffset = toOffset;
        this.maxBytes = maxBytes;
        nextOffset = fromOffset;
    }

    /**
     * Goes on for some bytes.
     *
     * @param services of the conductor
     * @param budget   bytes of batches
     */
    void doWork(final DeskServices services, final int budget)
    {
        if (!findReader(services))
        {
            finish(Codes.NOT_REPLICA);
            return;
        }
        final long end = Math.min(toOffset, counters.highWatermark().get());
        int bytes = 0;
        while (bytes < budget && summedBytes < maxBytes && nextOffset < end)
        {
            final int length = reader.read(nextOffset, view);
            if (length < 0)
            {
                finish(length);
                return;
            }
            if (length == 0 || batch.wrap(view, 0).endOffset() > end)
            {
                break;
            }
            update(length);
            bytes += length;
            summedBytes += length;
            nextOffset = batch.endOffset();
        }
        if (bytes < budget || summedBytes >= maxBytes)
        {
            finish(Codes.OK);
        }
    }

    /** Gives the reader back. */
    @Override
    public void close()
    {
        if (reader != null)
        {
            reader.close();
            reader = null;
        }
    }

    /** @return false where there is no replica, or another one than the job began with */
    private boolean findReader(final DeskServices services)
    {
        final PartitionCounters current = services.counters(key);
        if (reader == null && current != null)
        {
            counters = current;
            reader = services.reader(key);
        }
        return reader != null && current == counters;
    }

    /** Ends the job before it began. */
    void refuse(final int reason)
    {
        finish(reason);
    }

    boolean isDone()
    {
        return isDone;
    }

    long clientId()
    {
        return clientId;
    }

    long correlationId()
    {
        return correlationId;
    }

    long key()
    {
        return key;
    }

    int code()
    {
        return code;
    }

    long fromOffset()
    {
        return fromOffset;
    }

    boolean isAskedBy(final long client, final long correlation)
    {
        return clientId == client && correlationId == correlation;
    }

    /** @return where the job stopped: the end asked for, the replica's own, or the bound of bytes, whichever is lowest */
    long endOffset()
    {
        return nextOffset;
    }

    long checksum()
    {
        return crc.getValue();
    }

    private void update(final int length)
    {
        if (copy.length < length)
        {
            copy = new byte[length];
        }
        view.getBytes(0, copy, 0, length);
        crc.update(copy, 0, length);
    }

    private void finish(final int reason)
    {
        code = reason;
        isDone = true;
        close();
    }
}
