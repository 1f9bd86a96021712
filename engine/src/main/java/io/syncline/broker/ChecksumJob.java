package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchFlyweight;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.zip.CRC32C;

/**
 * One running CRC32C over the batches of a replica in [from, to), below its high watermark; done in steps, so that a long log
 * never keeps the conductor from its other duties. Two replicas with the same answer hold the same bytes.
 */
final class ChecksumJob
{
    private final long clientId;
    private final long correlationId;
    private final long key;
    private final long fromOffset;
    private final long toOffset;
    private final CRC32C crc = new CRC32C();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final BatchFlyweight batch = new BatchFlyweight();
    private byte[] copy = new byte[0];
    private long nextOffset;
    private int code = Codes.OK;
    private boolean isDone;

    ChecksumJob(
        final long clientId, final long correlationId, final long key, final long fromOffset, final long toOffset)
    {
        this.clientId = clientId;
        this.correlationId = correlationId;
        this.key = key;
        this.fromOffset = fromOffset;
        this.toOffset = toOffset;
        nextOffset = fromOffset;
    }

    /**
     * Goes on for some bytes.
     *
     * @param services of the conductor: the reader is closed before this returns
     * @param budget   bytes of batches
     */
    void doWork(final DeskServices services, final int budget)
    {
        final PartitionCounters counters = services.counters(key);
        try (PartitionReader reader = counters == null ? null : services.reader(key))
        {
            if (reader == null)
            {
                finish(Codes.NOT_REPLICA);
                return;
            }
            final long end = Math.min(toOffset, counters.highWatermark().get());
            int bytes = 0;
            while (bytes < budget && nextOffset < end)
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
                nextOffset = batch.endOffset();
            }
            if (bytes < budget)
            {
                finish(Codes.OK);
            }
        }
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

    /** @return where the job stopped: the end asked for, or the replica's own where that is lower */
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
    }
}
