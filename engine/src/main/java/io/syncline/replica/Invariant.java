package io.syncline.replica;

import io.syncline.protocol.PartitionKey;

/**
 * Checks that are always on. Primitive arguments, so that a check costs a comparison and allocates nothing until it
 * fails. A broken invariant is fatal for the partition's role: the exception passes through the agent, and an engine in
 * doubt about its log does not answer.
 */
final class Invariant
{
    private Invariant()
    {
    }

    /** Says that two numbers are what they must be to each other; both go into the message. */
    static void check(final boolean holds, final long key, final String rule, final long left, final long right)
    {
        if (!holds)
        {
            broken(key, rule, left, right);
        }
    }

    private static void broken(final long key, final String rule, final long left, final long right)
    {
        throw new IllegalStateException("invariant broken in partition " +
            PartitionKey.toString(key) + ": " + rule + " [" + left + ", " + right + "]");
    }
}
