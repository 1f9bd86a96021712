package io.syncline.tools;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How long acks stayed away after each fault: the longest time between two acks in a row that ends after the fault and
 * begins before the next.
 *
 * @param sortedNs one for each fault, ascending
 */
record SystemGaps(long[] sortedNs)
{
    /** Stands for a fault after which no ack came. */
    static final long NEVER = Long.MAX_VALUE;

    /**
     * @param acksNs   when each ack came, ascending
     * @param faultsNs when each fault began, ascending
     * @return the gaps
     */
    static SystemGaps of(final long[] acksNs, final long[] faultsNs)
    {
        final long[] gaps = new long[faultsNs.length];
        for (int i = 0; i < gaps.length; i++)
        {
            gaps[i] = gap(acksNs, faultsNs[i], i + 1 < faultsNs.length ? faultsNs[i + 1] : Long.MAX_VALUE);
        }
        Arrays.sort(gaps);
        return new SystemGaps(gaps);
    }

    /**
     * @param acksNs   when each ack came, ascending
     * @param healedNs when everything worked again, ascending
     * @return from each of these times to the next ack
     */
    static SystemGaps untilWritten(final long[] acksNs, final long[] healedNs)
    {
        final long[] gaps = new long[healedNs.length];
        for (int i = 0; i < gaps.length; i++)
        {
            final int found = Arrays.binarySearch(acksNs, healedNs[i]);
            final int next = found < 0 ? -found - 1 : found;
            gaps[i] = next == acksNs.length ? NEVER : acksNs[next] - healedNs[i];
        }
        Arrays.sort(gaps);
        return new SystemGaps(gaps);
    }

    /**
     * @param percentile from 0 to 100
     * @return milliseconds, "never" where no ack came, "-" where there was no fault
     */
    String ms(final double percentile)
    {
        if (sortedNs.length == 0)
        {
            return "-";
        }
        final int index = Math.max(0, (int)Math.ceil(percentile / 100 * sortedNs.length) - 1);
        return sortedNs[index] == NEVER ? "never" : Long.toString(TimeUnit.NANOSECONDS.toMillis(sortedNs[index]));
    }

    private static long gap(final long[] acksNs, final long fromNs, final long untilNs)
    {
        final int found = Arrays.binarySearch(acksNs, fromNs);
        int next = found < 0 ? -found - 1 : found;
        long longest = next == acksNs.length ? NEVER : next == 0 ? acksNs[0] - fromNs : 0;
        while (next > 0 && next < acksNs.length && acksNs[next - 1] < untilNs)
        {
            longest = Math.max(longest, acksNs[next] - acksNs[next - 1]);
            next++;
        }
        return longest;
    }
}
