package io.syncline.replica;

import io.syncline.protocol.Codes;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** One broker of a {@link ReplicaCluster}: the three machines of its replica, the rings between them and a conductor. */
final class ReplicaNode implements LeaderOutput, AcksOutput, FollowerOutput
{
    final int id;
    final ReplicaCluster cluster;
    final List<String> faults = new ArrayList<>();
    final List<long[]> fed = new ArrayList<>();
    MemoryLog log;
    ProducerSequences sequences;
    LeaderReplica leader;
    AcksReplica acks;
    FollowerReplica follower;
    long incarnation;
    long highWatermark;
    boolean isUp;
    boolean isPaused;
    /** The leader side's frames leave the node; false: the streams push back. */
    boolean isSending = true;
    /** Clients read their answers. */
    boolean isAnswering = true;
    long stalledNs;
    private Assignment known;
    private final ArrayDeque<Runnable> toAcks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> toLeader = new ArrayDeque<>();
    private final ArrayDeque<Runnable> toConductor = new ArrayDeque<>();

    ReplicaNode(final int id, final ReplicaCluster cluster)
    {
        this.id = id;
        this.cluster = cluster;
        log = new MemoryLog(ReplicaCluster.KEY);
    }

    /** A process starts on what the disk holds; nothing else is remembered but the checkpoint of the high watermark. */
    void start(final long newIncarnation)
    {
        incarnation = newIncarnation;
        isUp = true;
        isPaused = false;
        known = null;
        highWatermark = Math.min(highWatermark, log.logEnd());
        toAcks.clear();
        toLeader.clear();
        toConductor.clear();
        sequences = new ProducerSequences(cluster.config.maxProducers());
        sequences.rebuild(log, log.logStart());
        leader = new LeaderReplica(ReplicaCluster.KEY, id, cluster.config, log, sequences, this);
        acks = new AcksReplica(ReplicaCluster.KEY, id, cluster.config, this);
        follower = new FollowerReplica(ReplicaCluster.KEY, id, incarnation, cluster.config, log, sequences, this);
    }

    /** As the conductor does: never an older epoch, and the old role ends before the new one begins. */
    void learn(final Assignment a)
    {
        final long nowNs = cluster.nowNs;
        if (!isUp || known != null && a.partitionEpoch() <= known.partitionEpoch())
        {
            return;
        }
        final boolean isNewEpoch = known == null || a.leaderEpoch() > known.leaderEpoch();
        known = a;
        if (!isNewEpoch)
        {
            acks.onAssignment(a, nowNs);
            leader.onAssignment(a, nowNs);
            follower.onAssignment(a, nowNs);
            return;
        }
        runConductor();
        acks.stopLeading(Codes.NOT_LEADER);
        leader.stopLeading();
        if (a.leader() == id)
        {
            follower.stopFollowing();
            log.startEpoch(a.leaderEpoch());
            cluster.truth.onLeading(this);
            acks.lead(a, log.logEnd(), highWatermark, nowNs);
            acks.onSynced(log.synced());
            leader.lead(a, highWatermark, nowNs);
        }
        else
        {
            follower.follow(a, highWatermark, nowNs);
        }
    }

    int knownEpoch()
    {
        return known == null ? -1 : known.leaderEpoch();
    }

    /** One duty cycle of all agents. */
    void step()
    {
        runConductor();
        drain(toLeader);
        leader.doWork(cluster.nowNs, 64 * 1024);
        Invariant.check(!leader.isAtRest() || leader.doWork(cluster.nowNs, 64 * 1024) == 0, leader.key(),
            "a leader at rest has nothing to do", id, leader.leaderEpoch());
        drain(toAcks);
        acks.onTick(cluster.nowNs, stalledNs);
        stalledNs = 0;
        follower.doWork(cluster.nowNs);
        Invariant.check(!follower.isAtRest(cluster.nowNs) || follower.doWork(cluster.nowNs) == 0, leader.key(),
            "a follower at rest has nothing to do", id, follower.leaderEpoch());
    }

    void drainToAcks()
    {
        drain(toAcks);
    }

    private void runConductor()
    {
        drain(toConductor);
    }

    private static void drain(final ArrayDeque<Runnable> queue)
    {
        for (int i = queue.size(); i > 0; i--)
        {
            queue.poll().run();
        }
    }

    private long send(final int to, final String kind, final java.util.function.Consumer<ReplicaNode> delivery)
    {
        if (!isSending)
        {
            return Codes.BACK_PRESSURED;
        }
        cluster.network.add(new ReplicaCluster.Message(id, to, kind, delivery));
        return 1;
    }

    // LeaderOutput

    @Override
    public long append(
        final int to, final long key, final int epoch, final long sessionId, final long hw, final long logStart,
        final DirectBuffer batch, final int offset, final int length)
    {
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
        copy.putBytes(0, batch, offset, length);
        return send(to, "Append", (node) ->
            node.follower.onAppend(epoch, sessionId, hw, logStart, copy, 0, length, cluster.nowNs));
    }

    @Override
    public long highWatermark(
        final int to, final long key, final int epoch, final long sessionId, final long hw, final long logStart)
    {
        return send(to, "HighWatermark", (node) ->
            node.follower.onHighWatermark(epoch, sessionId, hw, logStart, cluster.nowNs));
    }

    @Override
    public long followAccepted(
        final int to, final long key, final int epoch, final long sessionId, final long logEnd, final long logStart)
    {
        return send(to, "FollowAccepted", (node) ->
            node.follower.onFollowAccepted(epoch, sessionId, logEnd, logStart, cluster.nowNs));
    }

    @Override
    public long diverged(
        final int to, final long key, final int epoch, final long sessionId, final int divergingEpoch,
        final long endOffset)
    {
        return send(to, "Diverged", (node) ->
            node.follower.onDiverged(epoch, sessionId, divergingEpoch, endOffset, cluster.nowNs));
    }

    @Override
    public long outOfRange(final int to, final long key, final int epoch, final long sessionId, final long logStart)
    {
        return send(to, "OutOfRange", (node) ->
            node.follower.onOutOfRange(epoch, sessionId, logStart, cluster.nowNs));
    }

    @Override
    public long followRefused(final int to, final long key, final int epoch, final long sessionId, final int code)
    {
        return send(to, "FollowRefused " + Codes.describe(code), (node) ->
            node.follower.onFollowRefused(epoch, sessionId, code, cluster.nowNs));
    }

    @Override
    public boolean sessionStarted(
        final long key, final int epoch, final int partitionEpoch, final int from, final long fromIncarnation,
        final long sessionId, final long logEnd)
    {
        return toAcks.add(() ->
            acks.onSessionStarted(epoch, partitionEpoch, from, fromIncarnation, sessionId, logEnd, cluster.nowNs));
    }

    @Override
    public void appended(
        final long key, final int epoch, final int acksLevel, final long clientId, final long from, final long to,
        final long baseOffset, final long endOffset, final long logEnd)
    {
        toAcks.add(() ->
            acks.onAppended(epoch, acksLevel, clientId, from, to, baseOffset, endOffset, logEnd, cluster.nowNs));
    }

    @Override
    public void refused(
        final long key, final int epoch, final long clientId, final long from, final long to, final int code)
    {
        toAcks.add(() -> acks.onRefused(epoch, clientId, from, to, code));
    }

    @Override
    public boolean frozen(final long key, final int epoch, final long logEnd)
    {
        return toAcks.add(() -> acks.onFrozen(epoch, logEnd, cluster.nowNs));
    }

    @Override
    public boolean hasRoom()
    {
        return toAcks.size() < 10_000;
    }

    @Override
    public boolean feed(
        final int to, final long key, final int epoch, final long sessionId, final long from, final long until)
    {
        fed.add(new long[]{to, sessionId, from, until});
        toAcks.add(() -> acks.watch(to, sessionId, until));
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        for (long next = from; next < until; )
        {
            final int length = log.read(next, view);
            append(to, key, epoch, sessionId, leader.highWatermark(), log.logStart(), view, 0, length);
            next = new io.syncline.record.BatchFlyweight().wrap(view, 0).endOffset();
        }
        return true;
    }

    // AcksOutput

    @Override
    public void highWatermark(final long key, final int epoch, final long hw)
    {
        highWatermark = Math.max(highWatermark, hw);
        cluster.truth.onHighWatermark(this, epoch, hw);
        toLeader.add(() -> leader.onHighWatermark(epoch, hw));
    }

    @Override
    public boolean produceAck(
        final long clientId, final long key, final int epoch, final long from, final long to, final long baseOffset,
        final int code)
    {
        if (!isAnswering)
        {
            return false;
        }
        final ReplicaCluster.Ack ack = new ReplicaCluster.Ack(id, clientId, epoch, from, to, baseOffset, code);
        cluster.acks.add(ack);
        cluster.truth.onProduceAck(ack);
        return true;
    }

    @Override
    public boolean alterIsr(
        final long key, final int epoch, final int partitionEpoch, final int[] isr, final long[] incarnations,
        final int size)
    {
        cluster.controller.requests.add(new ScriptedController.AlterIsr(
            id, incarnation, epoch, partitionEpoch, java.util.Arrays.copyOf(isr, size),
            java.util.Arrays.copyOf(incarnations, size)));
        return true;
    }

    @Override
    public boolean handOver(
        final long key, final int epoch, final int successor, final long successorIncarnation, final boolean caughtUp)
    {
        return cluster.controller.handOvers.add(
            new ScriptedController.HandOver(id, epoch, successor, successorIncarnation, caughtUp));
    }

    @Override
    public boolean acked(final long key, final int epoch, final int from, final long sessionId, final long logEnd)
    {
        return toLeader.add(() -> leader.onAcked(epoch, from, sessionId, logEnd));
    }

    @Override
    public boolean followerRead(
        final long key, final int epoch, final int from, final long sessionId, final boolean isRead)
    {
        return toLeader.add(() -> leader.onFollowerRead(epoch, from, sessionId, isRead));
    }

    // FollowerOutput

    @Override
    public long follow(
        final int to, final long key, final int epoch, final int partitionEpoch, final long fromIncarnation,
        final long sessionId, final long logEnd, final int lastEpoch)
    {
        return send(to, "Follow", (node) ->
            node.leader.onFollow(id, epoch, partitionEpoch, fromIncarnation, sessionId, logEnd, lastEpoch, cluster.nowNs));
    }

    @Override
    public long appendAck(
        final int to, final long key, final int epoch, final long fromIncarnation, final long sessionId,
        final long logEnd, final long synced, final boolean isRead)
    {
        return send(to, "AppendAck", (node) ->
        {
            node.drainToAcks();
            node.acks.onAppendAck(id, epoch, fromIncarnation, sessionId, logEnd, synced, isRead, cluster.nowNs);
        });
    }

    @Override
    public void truncate(final long key, final int epoch, final long offset)
    {
        toConductor.add(() ->
        {
            cluster.truth.onTruncating(this, offset);
            log.truncateTo(offset);
            onTruncated();
        });
    }

    @Override
    public void restart(final long key, final int epoch, final long logStart)
    {
        toConductor.add(() ->
        {
            log.restartAt(logStart);
            onTruncated();
        });
    }

    private void onTruncated()
    {
        sequences.rebuild(log, log.logStart());
        follower.onTruncated(cluster.nowNs);
    }

    /** Both output ports report faults with the same words. */
    @Override
    public void fault(final long key, final int epoch, final String reason)
    {
        faults.add(reason);
    }

    @Override
    public String toString()
    {
        return "broker " + id + (isUp ? " #" + incarnation : " down") + " log [" + log.logStart() + ", " + log.logEnd() +
            ") " + log.epochs() + " hw " + highWatermark;
    }
}
