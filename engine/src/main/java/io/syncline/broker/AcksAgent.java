package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.replica.AcksReplica;
import io.syncline.replica.Assignment;
import io.syncline.replica.ReplicaConfig;
import io.syncline.replica.ReplicaLog;
import io.syncline.stage.StageFile;
import io.syncline.stream.Glance;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

import java.util.ArrayList;
import java.util.function.IntConsumer;

/**
 * Duty cycle of the acks side: learns from the leader agent what was appended and from the followers what they hold,
 * moves the high watermark, and answers the producers. Owns follower progress, the maximal ISR and the pending
 * produces.
 */
final class AcksAgent implements Agent, LeaderToAcksRing.Handler, ControlAdapter.Handler
{
    private static final int FRAME_LIMIT = 256;
    private static final long TICK_INTERVAL_NS = 10_000_000;
    private static final int NULL_EPOCH = -1;

    /** A partition that this broker leads or led, as this agent sees it. */
    private static final class Acked
    {
        final AcksReplica replica;
        final PartitionCounters counters;
        final ReplicaLog log;
        final AckStages stages;
        int lastEpoch = NULL_EPOCH;
        Assignment assignment;
        long toldSynced;
        int movedEpoch;
        long movedTo;
        boolean isMoved;

        Acked(
            final AcksReplica replica, final PartitionCounters counters, final ReplicaLog log, final AckStages stages)
        {
            this.stages = stages;
            this.replica = replica;
            this.counters = counters;
            this.log = log;
        }
    }

    private final BrokerContext context;
    private final ReplicaConfig config;
    private final NanoClock clock;
    private final TurnClock turn;
    private final Inbound control;
    private final LeaderToAcksRing ring;
    private final AcksToLeaderRing leaderRing;
    private final CommandQueue<AcksAgent> commands;
    private final ConductorProxy conductor;
    private final AcksPublisher out;
    private final DutyCycle dutyCycle;
    private final DutyCycle leaderCycle;
    private final StageFile stageFile;
    private final ControlAdapter controlAdapter = new ControlAdapter(this);
    private final Long2ObjectHashMap<Acked> partitions = new Long2ObjectHashMap<>();
    private final LongHashSet gone = new LongHashSet();
    private final ArrayList<Acked> turns = new ArrayList<>();
    private final Glance glance;
    private final ArrayList<Acked> moved = new ArrayList<>();
    private final PeerRefusals refusals = new PeerRefusals();
    private final IntConsumer onPeerRefused = this::onPeerRefused;
    /** Those at level fsynced: what is forced commits. */
    private final ArrayList<Acked> fsynced = new ArrayList<>();
    private long nextTickNs;
    private long toldStalledNs;
    private long nowNs;

    AcksAgent(
        final BrokerContext context, final ReplicaConfig config, final Inbound control, final BrokerQueues queues,
        final DutyCycle dutyCycle, final DutyCycle leaderCycle, final StageFile stageFile, final TurnClock turn)
    {
        this.stageFile = stageFile;
        this.context = context;
        this.config = config;
        this.clock = context.nanoClock();
        this.turn = turn;
        this.nextTickNs = clock.nanoTime();
        this.glance = new Glance(turn.nanoTime());
        this.control = control;
        this.ring = queues.leaderToAcks();
        this.leaderRing = queues.acksToLeader();
        this.commands = queues.acks();
        this.conductor = queues.conductor();
        this.dutyCycle = dutyCycle;
        this.leaderCycle = leaderCycle;
        this.out = new AcksPublisher(leaderRing, conductor, this::onHighWatermarkMoved);
    }

    /** @return partitions that have left, and whose late events may still come; this agent's thread */
    int goneCount()
    {
        return gone.size();
    }

    /** @return what is counted for a partition, null where it never led here; this agent's thread */
    AcksReplica replica(final long key)
    {
        final Acked acked = partitions.get(key);
        return acked == null ? null : acked.replica;
    }

    /** What follows happens now. */
    void beginTurn()
    {
        nowNs = turn.nanoTime();
        dutyCycle.begin(nowNs);
    }

    /**
     * The head of a turn.
     *
     * @param limit commands at most; a simulator looks at what each of them has done
     * @return commands of the conductor that were carried out
     */
    int carryOut(final int limit)
    {
        return commands.drain(this, limit);
    }

    @Override
    public int doWork()
    {
        beginTurn();
        int work = carryOut(Integer.MAX_VALUE);
        work += ring.poll(this);
        if (!gone.isEmpty() && ring.isEmpty())
        {
            // The leader agent had let go of them before this one was told, so no event of theirs can follow.
            gone.clear();
        }
        // Acks come to who leads; who never led is asked by followers alone, whose metadata are newer.
        work += turns.isEmpty() && !glance.isDue(nowNs) ? 0 : control.poll(controlAdapter, FRAME_LIMIT);
        work += followSynced();
        work += resendAnswers();
        work += tick();
        work += tellLeader();
        return work;
    }

    @Override
    public void onClose()
    {
        control.close();
        out.close();
    }

    @Override
    public String roleName()
    {
        return "acks-" + context.nodeId();
    }

    /** From the conductor, before the leader agent is told: so that no event of the new epoch finds it unknown here. */
    void lead(
        final Assignment assignment, final LogStore.Partition store, final PartitionCounters counters, final long leso,
        final long highWatermark)
    {
        Acked acked = partitions.get(assignment.key());
        if (acked == null || acked.log != store.log())
        {
            onPartitionGone(assignment.key());
            gone.remove(assignment.key());
            final AckStages stages = stageFile == null ? null : new AckStages(
                out, clock, stageFile, stageFile.section(PartitionKey.topicId(assignment.key())));
            acked = new Acked(
                new AcksReplica(assignment.key(), context.nodeId(), config, stages == null ? out : stages), counters,
                store.log(), stages);
            partitions.put(assignment.key(), acked);
            turns.add(acked);
            if (assignment.fsynced())
            {
                fsynced.add(acked);
            }
        }
        acked.lastEpoch = assignment.leaderEpoch();
        acked.assignment = assignment;
        // A leadership begins without any knowledge of what is synced, also where it is not this replica's first.
        acked.toldSynced = -1;
        out.onLeader(assignment.key(), assignment.leader());
        if (acked.stages != null)
        {
            acked.stages.clear();
        }
        acked.replica.lead(assignment, leso, highWatermark, nowNs);
    }

    /** From the conductor: same leader epoch, newer metadata. */
    void onAssignment(final Assignment assignment)
    {
        final Acked acked = partitions.get(assignment.key());
        if (acked != null)
        {
            acked.assignment = assignment;
            acked.replica.onAssignment(assignment, nowNs);
        }
    }

    /** From the conductor: deposed; every pending produce fails (R5.6). */
    void stopLeading(final long key)
    {
        final Acked acked = partitions.get(key);
        if (acked != null)
        {
            acked.isMoved = false;
            moved.remove(acked);
            acked.replica.stopLeading(Codes.NOT_LEADER);
            if (acked.stages != null)
            {
                acked.stages.clear();
            }
        }
    }

    /** From the conductor: who leads a partition of this broker, for the answers to misled producers. */
    void onLeader(final long key, final int leader)
    {
        out.onLeader(key, leader);
    }

    /** From the conductor: the replica is no longer here. */
    void onPartitionGone(final long key)
    {
        gone.add(key);
        final Acked acked = partitions.remove(key);
        if (acked != null)
        {
            acked.replica.stopLeading(Codes.UNKNOWN_PARTITION);
            turns.remove(acked);
            fsynced.remove(acked);
            moved.remove(acked);
        }
    }

    void onAlterIsrRefused(final long key, final int leaderEpoch, final int partitionEpoch, final int code)
    {
        final Acked acked = partitions.get(key);
        if (acked != null)
        {
            acked.replica.onAlterIsrRefused(leaderEpoch, partitionEpoch, code, nowNs);
        }
    }

    /** From the conductor: the leader agent writes the stream, this one looks who does not take it. */
    void onPeer(final int peerId, final Outbound live)
    {
        refusals.onPeer(peerId, live);
    }

    void onPeerGone(final int peerId)
    {
        refusals.onPeerGone(peerId);
    }

    void onClient(final long clientId, final Outbound produceAcks)
    {
        out.onClient(clientId, produceAcks);
    }

    void onClientGone(final long clientId)
    {
        out.onClientGone(clientId);
    }

    /** From the conductor: what is known of the replicas, for a person; answered on the conductor's thread. */
    void describe(final long key, final long logStart, final DeskServices.DescribeHandler handler)
    {
        final Acked acked = partitions.get(key);
        if (acked == null || !acked.replica.isLeading())
        {
            conductor.answer(() -> handler.onDescribed(
                Codes.NOT_LEADER, NULL_EPOCH, logStart, -1, new int[0], new long[0], new long[0], new long[0]));
            return;
        }
        final Assignment assignment = acked.assignment;
        final int size = assignment.replicas().length;
        final long[] logEnds = new long[size];
        final long[] syncedEnds = new long[size];
        for (int i = 0; i < size; i++)
        {
            logEnds[i] = acked.replica.logEnd(i);
            syncedEnds[i] = assignment.replicas()[i] == context.nodeId() ? acked.log.synced() : acked.replica.synced(i);
        }
        final long highWatermark = acked.replica.highWatermark();
        conductor.answer(() -> handler.onDescribed(
            Codes.OK, assignment.leaderEpoch(), logStart, highWatermark,
            assignment.replicas(), assignment.incarnations(), logEnds, syncedEnds));
    }

    @Override
    public boolean onAppended(
        final long key, final int leaderEpoch, final int acks, final long clientId, final long fromSequence,
        final long toSequence, final long baseOffset, final long endOffset, final long logEnd, final long receivedNs,
        final long appendedNs)
    {
        final Acked acked = current(key, leaderEpoch);
        if (acked == null)
        {
            return isGone(key, leaderEpoch);
        }
        if (receivedNs != AckStages.NULL_NS && acked.stages != null && leaderEpoch == acked.lastEpoch)
        {
            acked.stages.onAppended(acks, clientId, fromSequence, baseOffset, endOffset, receivedNs, appendedNs);
        }
        acked.replica.onAppended(
            leaderEpoch, acks, clientId, fromSequence, toSequence, baseOffset, endOffset, logEnd, nowNs);
        return true;
    }

    @Override
    public boolean onRefused(
        final long key, final int leaderEpoch, final long clientId, final long fromSequence, final long toSequence,
        final int code)
    {
        final Acked acked = current(key, leaderEpoch);
        if (acked != null)
        {
            acked.replica.onRefused(leaderEpoch, clientId, fromSequence, toSequence, code);
            return true;
        }
        if (!isGone(key, leaderEpoch))
        {
            return false;
        }
        // A slow client's refusal is dropped rather than waited for: the client asks again with the same sequence.
        out.produceAck(clientId, key, leaderEpoch, fromSequence, toSequence, -1, code);
        return true;
    }

    @Override
    public boolean onSessionStarted(
        final long key, final int leaderEpoch, final int partitionEpoch, final int follower, final long incarnation,
        final long sessionId, final long logEnd)
    {
        final Acked acked = current(key, leaderEpoch);
        if (acked == null)
        {
            return isGone(key, leaderEpoch);
        }
        acked.replica.onSessionStarted(leaderEpoch, partitionEpoch, follower, incarnation, sessionId, logEnd, nowNs);
        return true;
    }

    @Override
    public boolean onWatch(
        final long key, final int leaderEpoch, final int follower, final long sessionId, final long offset)
    {
        final Acked acked = current(key, leaderEpoch);
        if (acked == null)
        {
            return isGone(key, leaderEpoch);
        }
        acked.replica.watch(follower, sessionId, offset);
        return true;
    }

    @Override
    public boolean onFrozen(final long key, final int leaderEpoch, final long logEnd)
    {
        final Acked acked = current(key, leaderEpoch);
        if (acked == null)
        {
            return isGone(key, leaderEpoch);
        }
        acked.replica.onFrozen(leaderEpoch, logEnd, nowNs);
        return true;
    }

    @Override
    public boolean onFollow(
        final long key, final int follower, final int leaderEpoch, final int partitionEpoch, final long incarnation,
        final long sessionId, final long logEnd, final int lastEpoch)
    {
        return leaderRing.follow(key, follower, leaderEpoch, partitionEpoch, incarnation, sessionId, logEnd, lastEpoch);
    }

    @Override
    public boolean onAppendAck(
        final long key, final int follower, final int leaderEpoch, final long incarnation, final long sessionId,
        final long logEnd, final long synced, final boolean isRead, final AckSamples samples)
    {
        // Whatever the leader did before the follower could answer is in the ring by now: session first, then its ack.
        ring.poll(this);
        final Acked acked = partitions.get(key);
        if (acked == null)
        {
            return true;
        }
        final AckStages stages = acked.stages;
        final boolean isMeasured = stages != null && !stages.isEmpty();
        if (isMeasured)
        {
            stages.beginAck(follower, samples);
        }
        acked.replica.onAppendAck(follower, leaderEpoch, incarnation, sessionId, logEnd, synced, isRead, nowNs);
        if (isMeasured)
        {
            stages.endAck(acked.replica.logEndOf(follower));
        }
        return true;
    }

    /** Several moves in one duty cycle are one for the leader; readers see each at once. */
    private void onHighWatermarkMoved(final long key, final int leaderEpoch, final long highWatermark)
    {
        final Acked acked = partitions.get(key);
        if (acked == null)
        {
            return;
        }
        if (highWatermark > acked.counters.highWatermark().get())
        {
            acked.counters.highWatermark().setRelease(highWatermark);
        }
        acked.movedEpoch = leaderEpoch;
        acked.movedTo = highWatermark;
        if (!acked.isMoved)
        {
            acked.isMoved = true;
            moved.add(acked);
        }
    }

    private int tellLeader()
    {
        int work = 0;
        for (int i = moved.size() - 1; i >= 0; i--)
        {
            final Acked acked = moved.get(i);
            if (leaderRing.highWatermark(acked.replica.key(), acked.movedEpoch, acked.movedTo))
            {
                acked.isMoved = false;
                moved.remove(i);
                work++;
            }
        }
        return work;
    }

    /** Where producers wait for the device, they wait for nothing else. */
    private int followSynced()
    {
        int work = 0;
        for (int i = 0, size = fsynced.size(); i < size; i++)
        {
            work += tellSynced(fsynced.get(i));
        }
        return work;
    }

    private static int tellSynced(final Acked acked)
    {
        final long synced = acked.log.synced();
        if (synced == acked.toldSynced)
        {
            return 0;
        }
        acked.toldSynced = synced;
        acked.replica.onSynced(synced);
        return 1;
    }

    /** A stream that had no room for an answer has it again when its reader has come by, long before the next tick. */
    private int resendAnswers()
    {
        int work = 0;
        if (out.takeAckRefused())
        {
            for (int i = 0, size = turns.size(); i < size; i++)
            {
                work += turns.get(i).replica.resendAnswers();
            }
        }
        return work;
    }

    private int tick()
    {
        if (nowNs - nextTickNs < 0)
        {
            return 0;
        }
        nextTickNs = nowNs + TICK_INTERVAL_NS;
        final long stalledNs = dutyCycle.stalledNs() + leaderCycle.stalledNs();
        final long newStalledNs = stalledNs - toldStalledNs;
        toldStalledNs = stalledNs;
        int work = 0;
        refusals.poll(onPeerRefused);
        for (int i = 0, size = turns.size(); i < size; i++)
        {
            final Acked acked = turns.get(i);
            tellSynced(acked);
            work += acked.replica.onTick(nowNs, newStalledNs);
        }
        return work;
    }

    private void onPeerRefused(final int peerId)
    {
        for (int i = 0, size = turns.size(); i < size; i++)
        {
            turns.get(i).replica.onFollowerPortRefused(peerId);
        }
    }

    /** The partition, after its newer leadership, if there is one, has been fetched from the conductor's queue. */
    private Acked current(final long key, final int leaderEpoch)
    {
        Acked acked = partitions.get(key);
        if (acked == null || acked.lastEpoch < leaderEpoch)
        {
            commands.drain(this);
            acked = partitions.get(key);
        }
        return acked == null || acked.lastEpoch < leaderEpoch ? null : acked;
    }

    /** @return true when an event of that epoch will never find its partition here: it is dropped */
    private boolean isGone(final long key, final int leaderEpoch)
    {
        final Acked acked = partitions.get(key);
        return acked == null ? leaderEpoch == NULL_EPOCH || gone.contains(key) : leaderEpoch <= acked.lastEpoch;
    }
}
