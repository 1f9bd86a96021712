package io.syncline.simulator;

import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.Decision;
import io.syncline.metadata.MetadataEvent;
import io.syncline.metadata.PartitionState;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * R5.7: where leadership only ever moved as planned, no acknowledged record is lost, at no level. Knows which
 * partitions that is true of; the history says what was acknowledged.
 */
final class SimPlannedMoves
{
    private final Map<Long, PartitionState> known = new HashMap<>();
    private final Set<Long> unplanned = new HashSet<>();
    private long moves;

    /**
     * @param request  decided; null for the end of a session
     * @param decision about it
     */
    void onDecision(final ControllerRequest request, final Decision decision)
    {
        for (final MetadataEvent event : decision.events())
        {
            if (event instanceof MetadataEvent.PartitionChanged changed)
            {
                final PartitionState now = changed.partition();
                final PartitionState before = known.put(now.key(), now);
                if (before != null && before.leader() != now.leader())
                {
                    if (request instanceof ControllerRequest.HandOver)
                    {
                        moves++;
                    }
                    else
                    {
                        unplanned.add(now.key());
                    }
                }
            }
        }
    }

    /** @return true where no leadership of the partition ended but by a hand-over */
    boolean arePlanned(final long key)
    {
        return !unplanned.contains(key);
    }

    /** @return true where that is true of every partition there ever was */
    boolean arePlanned()
    {
        return unplanned.isEmpty();
    }

    /** @return hand-overs that were carried out */
    long moves()
    {
        return moves;
    }
}
