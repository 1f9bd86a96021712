package io.syncline.simulator;

import io.syncline.broker.SimulatedNode;

/** Hands each replica of a broker that did something to the invariants; made once. */
final class SimReplicaCheck implements SimulatedNode.ReplicaVisitor
{
    private final SimInvariants invariants;
    private final SimController controller;
    private SimNodes.SimNode node;
    private int agent;
    private long sum;
    private boolean isMoved;

    SimReplicaCheck(final SimInvariants invariants, final SimController controller)
    {
        this.invariants = invariants;
        this.controller = controller;
    }

    /** An agent's turn begins. */
    void begin(final SimNodes.SimNode turning, final int turned)
    {
        node = turning;
        agent = turned;
        isMoved = false;
    }

    /** In the midst of the turn. */
    void look()
    {
        sum = 0;
        node.node.forEachReplica(this);
        isMoved |= sum != node.lastSum;
        node.lastSum = sum;
    }

    /** @return true when an end or a high watermark has moved in the turn, which is over */
    boolean isMoved()
    {
        look();
        return isMoved;
    }

    @Override
    public void onReplica(
        final long key, final boolean isLeading, final int leaderEpoch, final long highWatermark, final long logEnd)
    {
        sum = SimRandom.mix(sum + key * 31 + highWatermark) + logEnd;
        if (agent == SimTurns.ACKS)
        {
            invariants.onAcksTurn(node, key);
        }
        invariants.onReplica(controller.state(), node, key, isLeading, leaderEpoch, highWatermark);
    }
}
