package io.syncline.replica;

/**
 * What was asked of the controller (R4.3). What was tested is what is sent, now and whenever it is repeated: the
 * incarnations are those of the sessions.
 */
final class IsrProposal
{
    private int[] isr = {};
    private long[] incarnations = {};
    private int size;

    void set(final long members, final Assignment a)
    {
        final int replicas = a.replicas().length;
        if (isr.length < replicas)
        {
            isr = new int[replicas];
            incarnations = new long[replicas];
        }
        size = 0;
        for (int i = 0; i < replicas; i++)
        {
            if ((members & 1L << i) != 0)
            {
                isr[size] = a.replicas()[i];
                incarnations[size++] = a.incarnations()[i];
            }
        }
    }

    boolean send(final long key, final Assignment a, final AcksOutput out)
    {
        return out.alterIsr(key, a.leaderEpoch(), a.partitionEpoch(), isr, incarnations, size);
    }
}
