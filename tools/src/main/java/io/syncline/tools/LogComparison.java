package io.syncline.tools;

import io.syncline.journal.JournalView;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchFlyweight;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Compares the logs of one partition's replicas: a running CRC32C over all batches of each, and every batch byte by
 * byte. Each batch's own CRCs are checked on the way.
 */
final class LogComparison
{
    private LogComparison()
    {
    }

    /**
     * @param records   that all replicas share
     * @param checksums one for each replica, in the order given, over what all share
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
     * @param names of the replicas, for messages
     * @param logs  of the replicas of one partition, used by nobody else
     * @return what was found
     */
    static Result compare(final List<String> names, final List<JournalView> logs) throws IOException
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
        String defect = findBoundsDefect(names, logs);
        final long start = logs.stream().mapToLong(JournalView::logStart).max().orElse(0);
        final long end = logs.stream().mapToLong(JournalView::logEnd).min().orElse(0);
        long offset = start;
        while (offset < end && defect == null)
        {
            defect = readAll(offset, names, logs, views);
            for (int i = 0; i < views.length && defect == null; i++)
            {
                update(sums[i], views[i], copy);
                if (sums[i].getValue() != sums[0].getValue() || !views[i].equals(views[0]))
                {
                    defect = at(logs.get(i), offset) + names.get(i) + " differs from " + names.get(0);
                }
            }
            if (defect == null)
            {
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

    private static String readAll(
        final long offset, final List<String> names, final List<JournalView> logs, final UnsafeBuffer[] views)
        throws IOException
    {
        for (int i = 0; i < views.length; i++)
        {
            final int length = logs.get(i).read(offset, views[i]);
            if (length <= 0)
            {
                return at(logs.get(i), offset) + names.get(i) + " holds " +
                    (length == 0 ? "nothing" : "no sound batch: " + Codes.describe(length));
            }
        }
        return null;
    }

    private static String findBoundsDefect(final List<String> names, final List<JournalView> logs)
    {
        final JournalView first = logs.get(0);
        for (int i = 1; i < logs.size(); i++)
        {
            final JournalView other = logs.get(i);
            if (first.logStart() != other.logStart() || first.logEnd() != other.logEnd())
            {
                return "partition " + PartitionKey.toString(first.key()) + ": " + names.get(0) + " holds offsets " +
                    first.logStart() + " to " + first.logEnd() + ", " + names.get(i) + " " +
                    other.logStart() + " to " + other.logEnd();
            }
        }
        return null;
    }

    private static String at(final JournalView log, final long offset)
    {
        return "partition " + PartitionKey.toString(log.key()) + ", offset " + offset + ": ";
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
