package io.syncline.history;

import org.agrona.collections.Long2ObjectHashMap;

import java.util.Arrays;

/**
 * H7: if ack(a) returned before send(b) began, offset(a) is below offset(b). Goes by {@code tNs}, so all producers'
 * clocks must be one (the monotonic clock of one machine, or virtual time).
 */
final class H7RealTimeOrder extends HistoryRule
{
    H7RealTimeOrder(final HistoryChecker checker)
    {
        super("H7", checker);
    }

    /** Records of one partition, as a growing list of numbers. */
    private static final class Members
    {
        private int[] records = new int[16];
        private int size;

        private void add(final int record)
        {
            if (size == records.length)
            {
                records = Arrays.copyOf(records, size * 2);
            }
            records[size++] = record;
        }
    }

    @Override
    void onEnd()
    {
        final Long2ObjectHashMap<Members> byPartition = new Long2ObjectHashMap<>();
        for (int record = 0; record < records().size(); record++)
        {
            if (offset(record) >= 0)
            {
                byPartition.computeIfAbsent(records().partition(record), (partition) -> new Members()).add(record);
            }
        }
        byPartition.forEachLong(this::judge);
    }

    private void judge(final long partition, final Members members)
    {
        final int[] bySend = Arrays.copyOf(members.records, members.size);
        sort(bySend, true);
        int acked = 0;
        final int[] byAck = new int[members.size];
        for (int i = 0; i < members.size; i++)
        {
            if (records().isCommitted(members.records[i]))
            {
                byAck[acked++] = members.records[i];
            }
        }
        final int[] inOrder = Arrays.copyOf(byAck, acked);
        sort(inOrder, false);
        int next = 0;
        int highest = HistoryRecords.NONE;
        for (final int record : bySend)
        {
            while (next < inOrder.length && records().answeredNs(inOrder[next]) < records().sentNs(record))
            {
                final int before = inOrder[next++];
                highest = highest < 0 || records().ackedAt(before) > records().ackedAt(highest) ? before : highest;
            }
            judge();
            if (highest >= 0 && offset(record) <= records().ackedAt(highest))
            {
                violated(partition, of(record), "an offset above " + records().ackedAt(highest) + ", where record " +
                    names().record(records().id(highest)) + " was acknowledged before this one was sent",
                    "offset " + offset(record));
            }
        }
    }

    /** Where it stands: as acknowledged for good, else as read. */
    private long offset(final int record)
    {
        return records().isCommitted(record) ? records().ackedAt(record) : records().foundAt(record);
    }

    /** Merge sort: nearly in order already, and a record is no object. */
    private void sort(final int[] members, final boolean bySend)
    {
        final int[] scratch = new int[members.length];
        for (int width = 1; width < members.length; width *= 2)
        {
            for (int low = 0; low + width < members.length; low += 2 * width)
            {
                merge(members, scratch, low, low + width, Math.min(low + 2 * width, members.length), bySend);
            }
        }
    }

    private void merge(
        final int[] members, final int[] scratch, final int low, final int middle, final int high, final boolean bySend)
    {
        if (time(members[middle - 1], bySend) <= time(members[middle], bySend))
        {
            return;
        }
        System.arraycopy(members, low, scratch, low, middle - low);
        int left = low;
        int right = middle;
        int to = low;
        while (left < middle)
        {
            members[to++] = right < high && time(members[right], bySend) < time(scratch[left], bySend) ?
                members[right++] : scratch[left++];
        }
    }

    private long time(final int record, final boolean bySend)
    {
        return bySend ? records().sentNs(record) : records().answeredNs(record);
    }
}
