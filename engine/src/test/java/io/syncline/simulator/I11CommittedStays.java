package io.syncline.simulator;

import io.syncline.metadata.PartitionState;

/**
 * I11: no replica removes a record below the true HW except by retention or delete.
 * <p>
 * What was committed in an epoch that a replica has not heard of is none of its business while it belongs to neither
 * ISR nor ELR: it follows a former leader, whose log may lack a record that a later leader found in its own and
 * committed, and what that leader said is under way for as long as the network likes. Nobody goes by what such a replica
 * holds: its acks are of a former epoch (R2.3), it is not elected (R5.2), and the first thing that it does in the later
 * epoch is to follow anew. Members of ISR and ELR have acknowledged in the epoch of each commit, and so refuse what
 * former leaders say (R2.1): of them, and of commits up to the epoch that it follows in, no replica removes anything.
 */
final class I11CommittedStays extends SimInvariant
{
    private final SimTruth truth;
    private SimNodes nodes;
    private SimController controller;

    I11CommittedStays(final SimTruth truth)
    {
        super("I11");
        this.truth = truth;
    }

    /** Both know of the truth, and so are there after it. */
    void replicas(final SimNodes of, final SimController by)
    {
        nodes = of;
        controller = by;
    }

    void onTruncating(final SimLog log, final long offset, final boolean isRestart)
    {
        final long end = truth.firstHeldEnd(log, isRestart ? 0 : offset, isMember(log) ? Integer.MAX_VALUE : epochOf(log));
        require(end < 0, () -> (isRestart ? "starting again at " : "truncating to ") + offset +
            " removes the committed batch that ends at " + end + " from " + log);
    }

    private boolean isMember(final SimLog log)
    {
        final PartitionState partition = controller.state().partition(log.key);
        return partition != null && (partition.isr().contains(log.brokerId) || partition.elr().contains(log.brokerId));
    }

    private int epochOf(final SimLog log)
    {
        final SimNodes.SimNode node = nodes.get(log.brokerId);
        return node.isUp() ? node.node.leaderEpoch(log.key) : Integer.MAX_VALUE;
    }
}
