package io.syncline.metadata;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the replicas of new partitions go: leaders even over the brokers, replicas even over the brokers, and the
 * replicas of one partition on as many racks as there are. The same state gives the same placement at every member of a
 * controller quorum.
 */
final class Placement
{
    private final List<BrokerState> brokers = new ArrayList<>();
    private final Map<Integer, Integer> preferredLeaders = new HashMap<>();
    private final Map<Integer, Integer> replicas = new HashMap<>();

    /**
     * @param candidates eligible brokers, by id
     * @param existing   partitions already placed
     */
    Placement(final Collection<BrokerState> candidates, final Collection<PartitionState> existing)
    {
        brokers.addAll(candidates);
        existing.forEach((partition) -> count(partition.replicas()));
    }

    /**
     * @param replicationFactor not above the number of candidates
     * @return broker ids in assignment order; they count as placed from now on
     */
    List<Integer> place(final int replicationFactor)
    {
        final List<Integer> placed = new ArrayList<>();
        final Set<String> racks = new HashSet<>();
        BrokerState next = leastLoaded(
            Comparator.comparingInt((final BrokerState broker) -> preferredLeaders.getOrDefault(broker.brokerId(), 0))
                .thenComparingInt((broker) -> replicas.getOrDefault(broker.brokerId(), 0)),
            placed,
            0);
        final int leaderIndex = brokers.indexOf(next);
        while (true)
        {
            placed.add(next.brokerId());
            racks.add(next.rack());
            if (placed.size() == replicationFactor)
            {
                count(placed);
                return placed;
            }
            // Ties go round from the leader on, by a step that changes from one leadership to the next: the followers
            // of a broker's partitions, and so their next leaders, are not all the same broker.
            final int step = preferredLeaders.getOrDefault(placed.get(0), 0) % Math.max(1, brokers.size() - 1);
            next = leastLoaded(
                Comparator.comparingInt((final BrokerState broker) -> racks.contains(broker.rack()) ? 1 : 0)
                    .thenComparingInt((broker) -> replicas.getOrDefault(broker.brokerId(), 0)),
                placed,
                leaderIndex + 1 + step);
        }
    }

    private BrokerState leastLoaded(final Comparator<BrokerState> load, final List<Integer> placed, final int from)
    {
        BrokerState least = null;
        for (int i = 0; i < brokers.size(); i++)
        {
            final BrokerState broker = brokers.get((from + i) % brokers.size());
            if (!placed.contains(broker.brokerId()) && (least == null || load.compare(broker, least) < 0))
            {
                least = broker;
            }
        }
        return least;
    }

    private void count(final List<Integer> placed)
    {
        preferredLeaders.merge(placed.get(0), 1, Integer::sum);
        placed.forEach((brokerId) -> replicas.merge(brokerId, 1, Integer::sum));
    }
}
