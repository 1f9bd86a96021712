package io.syncline.replica;

import io.syncline.protocol.Codes;

/**
 * Who counts (R4). Members are bits at their index in the assignment.
 * <pre>
 *               propose                     assignment with a higher partition epoch
 *   SETTLED ---------------> IN_FLIGHT --------------------------------------------> SETTLED
 *      ^                      |  ^  |                                                   ^
 *      |  INELIGIBLE_REPLICA  |  |  | any other answer                                  |
 *      +----------------------+  |  v                                                   |
 *                        again,  | IN_DOUBT --------------------------------------------+
 *                      the same  +---+
 * </pre>
 * Invariant (I6): {@link #maximal()} contains every ISR that the controller may have on record for the current
 * partition epoch. It holds because at most one proposal, always the same one, can be on its way for a partition epoch;
 * because the controller compares the partition epoch before anything else, and takes the requests of one broker in
 * their order, so that a definite refusal answers every earlier copy as well; and because a later partition epoch
 * decides all that were sent for an earlier one.
 */
final class InSyncReplicas
{
    /** What is known of a proposal. */
    enum State
    {
        /** Nothing is on its way: maximal and committed ISR are equal. */
        SETTLED,
        /** A proposal was sent and not answered. */
        IN_FLIGHT,
        /** A proposal was sent and may have taken effect: the larger set counts, and the same proposal is sent again. */
        IN_DOUBT
    }

    private State state = State.SETTLED;
    private long committed;
    private long proposed;
    private long retryNs;

    /** @return the committed ISR of an assignment as bits */
    static long members(final Assignment a)
    {
        long members = 0;
        for (final int member : a.isr())
        {
            final int index = a.indexOf(member);
            members |= index < 0 ? 0 : 1L << index;
        }
        return members;
    }

    /** R4.3: the controller's word settles everything. */
    void onAssignment(final long committedMembers, final long nowNs)
    {
        committed = committedMembers;
        proposed = committedMembers;
        retryNs = nowNs;
        state = State.SETTLED;
    }

    /** The proposal is out: additions count from now on, removals do not yet. */
    void onProposed(final long members)
    {
        proposed = members;
        state = State.IN_FLIGHT;
    }

    /** The answer was not the metadata that was asked for. */
    void onRefused(final int code, final long nextTryNs)
    {
        if (state == State.SETTLED)
        {
            return;
        }
        retryNs = nextTryNs;
        if (code == Codes.INELIGIBLE_REPLICA)
        {
            proposed = committed;
            state = State.SETTLED;
        }
        else
        {
            state = State.IN_DOUBT;
        }
    }

    State state()
    {
        return state;
    }

    long committed()
    {
        return committed;
    }

    int committedSize()
    {
        return Long.bitCount(committed);
    }

    long maximal()
    {
        return committed | proposed;
    }

    long proposed()
    {
        return proposed;
    }

    boolean mayTry(final long nowNs)
    {
        return nowNs - retryNs >= 0;
    }
}
