package io.syncline.replica;

import io.syncline.protocol.Codes;

import java.util.ArrayDeque;
import java.util.Arrays;

/** The controller of a {@link ReplicaCluster}: decides what it is told to, and keeps R4.4, R5.2 and R5.3 while it does. */
final class ScriptedController
{
    /** A request on its way. */
    record AlterIsr(
        int broker, long incarnation, int leaderEpoch, int partitionEpoch, int[] isr, long[] incarnations)
    {
    }

    /** What a leader says of a planned move. */
    record HandOver(int broker, int leaderEpoch, int successor, long incarnation, boolean caughtUp)
    {
    }

    final ArrayDeque<AlterIsr> requests = new ArrayDeque<>();
    final ArrayDeque<HandOver> handOvers = new ArrayDeque<>();
    final int[] replicas;
    final long[] incarnations;
    final boolean[] eligible;
    int minIsr;
    int leader = -1;
    int leaderEpoch;
    int partitionEpoch;
    int[] isr;
    int[] elr = {};
    boolean fsynced;
    int successor = -1;
    private long lastIncarnation;

    ScriptedController(final int[] replicas, final int minIsr)
    {
        this.replicas = replicas;
        this.minIsr = minIsr;
        isr = replicas.clone();
        incarnations = new long[replicas.length];
        eligible = new boolean[replicas.length];
    }

    /** A broker registers: its earlier incarnations are void. */
    long register(final int broker)
    {
        incarnations[indexOf(broker)] = ++lastIncarnation;
        eligible[indexOf(broker)] = true;
        partitionEpoch++;
        return lastIncarnation;
    }

    /** A session ended: out of the ISR, into the ELR where that is below m; no leadership. */
    void fence(final int broker)
    {
        eligible[indexOf(broker)] = false;
        if (contains(isr, broker))
        {
            shrink(broker);
        }
        if (leader == broker)
        {
            leader = -1;
            leaderEpoch++;
        }
        partitionEpoch++;
    }

    /** R5.4: out of ISR and ELR for good. */
    void lossy(final int broker)
    {
        isr = without(isr, broker);
        elr = without(elr, broker);
        partitionEpoch++;
    }

    /** R5.2. */
    boolean electAny()
    {
        for (final int[] candidates : new int[][]{isr, elr})
        {
            for (final int replica : replicas)
            {
                if (contains(candidates, replica) && eligible[indexOf(replica)])
                {
                    elect(replica);
                    return true;
                }
            }
        }
        return false;
    }

    /** Any change of leader, and the same one again, bumps the epoch. */
    void elect(final int broker)
    {
        leader = broker;
        successor = -1;
        leaderEpoch++;
        partitionEpoch++;
        if (!contains(isr, broker))
        {
            // From the ELR.
            isr = with(isr, broker);
            elr = without(elr, broker);
        }
        clearElr();
    }

    /** R5.7: begins a planned move. */
    void name(final int broker)
    {
        successor = broker;
        partitionEpoch++;
    }

    /** R5.7: ends the leader's epoch, one way or the other. */
    boolean decide(final HandOver handOver)
    {
        if (handOver.leaderEpoch() != leaderEpoch || handOver.broker() != leader)
        {
            return false;
        }
        final boolean isDone = handOver.caughtUp() && handOver.successor() == successor && contains(isr, successor) &&
            incarnations[indexOf(successor)] == handOver.incarnation();
        elect(isDone ? successor : leader);
        return true;
    }

    /** R4.4: compares first, then judges. */
    int decide(final AlterIsr request)
    {
        if (request.leaderEpoch() < leaderEpoch)
        {
            return Codes.FENCED_LEADER_EPOCH;
        }
        if (request.broker() != leader || request.incarnation() != incarnations[indexOf(request.broker())])
        {
            return Codes.NOT_LEADER;
        }
        if (request.partitionEpoch() != partitionEpoch)
        {
            return Codes.INVALID_PARTITION_EPOCH;
        }
        for (int i = 0; i < request.isr().length; i++)
        {
            final int index = indexOf(request.isr()[i]);
            if (!eligible[index] || incarnations[index] != request.incarnations()[i])
            {
                return Codes.INELIGIBLE_REPLICA;
            }
        }
        final int[] before = isr;
        isr = request.isr();
        if (isr.length < minIsr)
        {
            for (final int left : before)
            {
                elr = contains(isr, left) || contains(elr, left) ? elr : with(elr, left);
            }
        }
        for (final int member : isr)
        {
            elr = without(elr, member);
        }
        clearElr();
        partitionEpoch++;
        return Codes.OK;
    }

    Assignment assignment()
    {
        return new Assignment(
            ReplicaCluster.KEY, leader, leaderEpoch, partitionEpoch, replicas, incarnations.clone(), eligible.clone(),
            isr.clone(), elr.clone(), minIsr, fsynced, successor);
    }

    int indexOf(final int broker)
    {
        for (int i = 0; i < replicas.length; i++)
        {
            if (replicas[i] == broker)
            {
                return i;
            }
        }
        throw new AssertionError("no replica " + broker);
    }

    static boolean contains(final int[] set, final int broker)
    {
        return Arrays.stream(set).anyMatch((member) -> member == broker);
    }

    private void shrink(final int broker)
    {
        isr = without(isr, broker);
        if (isr.length < minIsr)
        {
            elr = with(elr, broker);
        }
    }

    private void clearElr()
    {
        if (isr.length >= minIsr)
        {
            elr = new int[0];
        }
    }

    private static int[] with(final int[] set, final int broker)
    {
        final int[] larger = Arrays.copyOf(set, set.length + 1);
        larger[set.length] = broker;
        return larger;
    }

    private static int[] without(final int[] set, final int broker)
    {
        return Arrays.stream(set).filter((member) -> member != broker).toArray();
    }
}
