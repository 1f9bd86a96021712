package io.syncline.simulator;

import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.PartitionState;

/**
 * R4.4: an ISR changes at the wish of its leader, in the epochs of partition and leadership that the leader spoke of.
 * What an earlier one meant, a request that comes twice or late, must not undo what was decided since.
 */
final class R4IsrChangesInOrder extends SimInvariant
{
    R4IsrChangesInOrder()
    {
        super("R4.4");
    }

    /**
     * A leader's wish came true.
     *
     * @param before  the partition as it was
     * @param altered the wish
     */
    void onAltered(final PartitionState before, final ControllerRequest.AlterIsr altered)
    {
        require(before != null && altered.leaderEpoch() == before.leaderEpoch() &&
            altered.partitionEpoch() == before.partitionEpoch(), () -> altered + " came true for " + before);
    }
}
