package io.syncline.tools;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchFlyweight;
import io.syncline.record.BatchValidator;
import io.syncline.replica.ReplicaLog;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;
import java.util.zip.CRC32C;

/**
 * Compares the logs of one partition's replicas batch by batch: same start, same end, same bytes, and every batch's own
 * CRCs. A running CRC32C over everything gives each replica one number to show.
 */
final class LogComparison
{
    private LogComparison()
    {
    }

    /**
     * @param records   batches' records that all replicas share
     * @param checksums one for each replica, in the order given
     * @param defect    the first difference in words, or null when the replicas are identical
     */
    record Result(long records, long[] checksums, String defect)
    {
        boolean isIdentical()
        {
            return defect == null;
        }
    }

    /**
     * @param key   partition
     * @param names of the replicas, for messages
     * @param logs  of the replicas, used by nobody else
     * @return what was found
     */
    static Result compare(final long key, final List<String> names, final List<? extends ReplicaLog> logs)
    {
        final CRC32C[] sums = new CRC32C[logs.size()];
        final UnsafeBuffer[] views = new UnsafeBuffer[logs.size()];
        for (int i = 0; i < sums.length; i++)
        {
            sums[i] = new CRC32C();
            views[i] = new UnsafeBuffer(0, 0);
        }
        final BatchFlyweight batch = new BatchFlyweight();
        final byte[] copy = new byte[8192];
        String defect = findBoundsDefect(key, names, logs);
        final long end = logs.stream().mapToLong(ReplicaLog::logEnd).min().orElse(0);
        long offset = logs.stream().mapToLong(ReplicaLog::logStart).max().orElse(0);
        final long start = offset;
        while (offset < end && defect == null)
        {
            for (int i = 0; i < views.length && defect == null; i++)
            {
                final int length = logs.get(i).read(offset, views[i]);
                final int code = length <= 0 ? length :
                    BatchValidator.validateStored(views[i], 0, length, key);
                if (length <= 0 || code != Codes.OK)
                {
                    defect = at(key, offset) + names.get(i) + " reads " +
                        (length == 0 ? "nothing" : Codes.describe(code));
                }
                else if (i > 0 && !views[i].equals(views[0]))
                {
                    defect = at(key, offset) + names.get(i) + " differs from " + names.get(0);
                }
            }
            if (defect == null)
            {
                for (int i = 0; i < views.length; i++)
                {
                    update(sums[i], views[i], copy);
                }
                offset = batch.wrap(views[0], 0).endOffset();
            }
        }
        final long[] checksums = new long[sums.length];
        for (int i = 0; i < sums.length; i++)
        {
            checksums[i] = sums[i].getValue();
        }
        return new Result(Math.max(0, offset - start), checksums, defect);
    }

    private static String findBoundsDefect(
        final long key, final List<String> names, final List<? extends ReplicaLog> logs)
    {
        for (int i = 1; i < logs.size(); i++)
        {
            final ReplicaLog first = logs.get(0);
            final ReplicaLog other = logs.get(i);
            if (first.logStart() != other.logStart() || first.logEnd() != other.logEnd())
            {
                return "partition " + PartitionKey.toString(key) + ": " + names.get(0) + " holds offsets " +
                    first.logStart() + " to " + first.logEnd() + ", " + names.get(i) + " " +
                    other.logStart() + " to " + other.logEnd();
            }
        }
        return null;
    }

    private static String at(final long key, final long offset)
    {
        return "partition " + PartitionKey.toString(key) + ", offset " + offset + ": ";
    }

    private static void update(final CRC32C sum, final UnsafeBuffer view, final byte[] copy)
    {
        int done = 0;
        while (done < view.capacity())
        {
            final int length = Math.min(copy.length, view.capacity() - done);
            view.getBytes(done, copy, 0, length);
            sum.update(copy, 0, length);
            done += length;
        }
    }
}
