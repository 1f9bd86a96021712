package io.syncline.history;

import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayList;
import java.util.List;

/** H10: after heal all replicas converge to the same end and the same chain of CRCs. */
final class H10ReplicasConverge extends HistoryRule
{
    private record Replica(int broker, long fromOffset, long toOffset, long checksum)
    {
        @Override
        public String toString()
        {
            return "broker " + broker + " [" + fromOffset + ", " + toOffset + ") checksum " + Long.toHexString(checksum);
        }
    }

    private final Long2ObjectHashMap<List<Replica>> replicas = new Long2ObjectHashMap<>();

    H10ReplicasConverge(final HistoryChecker checker)
    {
        super("H10", checker);
    }

    @Override
    void onReplica(
        final long partition, final int broker, final long fromOffset, final long toOffset, final long checksum)
    {
        judge();
        final Replica replica = new Replica(broker, fromOffset, toOffset, checksum);
        final List<Replica> others = replicas.computeIfAbsent(partition, (key) -> new ArrayList<>());
        if (!others.isEmpty())
        {
            compare(partition, others.get(0), replica);
        }
        others.add(replica);
    }

    @Override
    void onReplicaDiffers(final long partition, final int leader, final int broker, final long firstOffset)
    {
        judge();
        violated(partition, at(partition), "broker " + broker + " to hold what broker " + leader + " holds",
            firstOffset < 0 ? "no answer from it" : "other bytes from offset " + firstOffset);
    }

    /** Where two logs begin at different offsets, only their ends can be compared. */
    private void compare(final long partition, final Replica first, final Replica other)
    {
        if (first.toOffset != other.toOffset || first.fromOffset == other.fromOffset && first.checksum != other.checksum)
        {
            violated(partition, at(partition), "the same as " + first, other.toString());
        }
    }
}
