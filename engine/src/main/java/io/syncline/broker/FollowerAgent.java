package io.syncline.broker;

import io.syncline.protocol.PartitionKey;
import io.syncline.replica.Assignment;
import io.syncline.replica.FollowerReplica;
import io.syncline.replica.ReplicaConfig;
import io.syncline.replica.ReplicaLog;
import io.syncline.stage.StageFile;
import io.syncline.stream.Glance;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

import java.util.function.IntConsumer;

/**
 * Duty cycle of the follower side: takes the leaders' Append frames from the live and the bulk stream, appends them to
 * the logs of the partitions that this broker follows, and acknowledges once a cycle. Owns those logs and the follow
 * conversations, and notices leaders that have fallen silent, on the live and on the heartbeat stream.
 */
final class FollowerAgent implements Agent, LiveAdapter.Handler
{
    private static final int LIVE_LIMIT = 256;
    private static final int BULK_LIMIT = 16;
    private static final int HEARTBEAT_LIMIT = 64;

    /** A partition that this broker follows, as this agent sees it. */
    private static final class Followed extends PartitionTurns.Turned
    {
        final FollowerReplica replica;
        final ReplicaLog log;
        final PartitionCounters counters;
        final FollowStages stages;
        int leader;
        int leaderEpoch;

        Followed(
            final FollowerReplica replica, final ReplicaLog log, final PartitionCounters counters,
            final FollowStages stages)
        {
            this.stages = stages;
            this.replica = replica;
            this.log = log;
            this.counters = counters;
        }
    }

    private final BrokerContext context;
    private final ReplicaConfig config;
    private final NanoClock clock;
    private final TurnClock turn;
    private final Inbound live;
    private final Inbound bulk;
    private final Inbound heartbeats;
    private final CommandQueue<FollowerAgent> commands;
    private final ConductorProxy conductor;
    private final FollowerPublisher out;
    private final DutyCycle dutyCycle;
    private final LeaderSilence silence;
    private final PeerRefusals refusals = new PeerRefusals();
    private final IntConsumer onRefused;
    private final StageFile stageFile;
    private final LiveAdapter liveAdapter = new LiveAdapter(this);
    private final LiveAdapter bulkAdapter = new LiveAdapter(this);
    private final LiveAdapter heartbeatAdapter = new LiveAdapter(this);
    private final Long2ObjectHashMap<Followed> partitions = new Long2ObjectHashMap<>();
    private final PartitionTurns<Followed> turns;
    private final Glance glance;
    private boolean isGlancing;
    private boolean isLive;
    private boolean isFed;
    private long toldStalledNs;
    private long nowNs;

    FollowerAgent(
        final BrokerContext context, final ReplicaConfig config, final Inbound live, final Inbound bulk,
        final Inbound heartbeats, final BrokerQueues queues, final DutyCycle dutyCycle, final StageFile stageFile,
        final TurnClock turn)
    {
        this.stageFile = stageFile;
        this.context = context;
        this.config = config;
        this.clock = context.nanoClock();
        this.turn = turn;
        this.turns = new PartitionTurns<>(turn.nanoTime());
        this.glance = new Glance(turn.nanoTime());
        this.live = live;
        this.bulk = bulk;
        this.heartbeats = heartbeats;
        this.commands = queues.follower();
        this.conductor = queues.conductor();
        this.dutyCycle = dutyCycle;
        this.out = new FollowerPublisher(context.nodeId(), queues.conductor(), this::onHighWatermarkMoved);
        this.silence = new LeaderSilence(context.leaderSilenceTimeoutNs());
        this.onRefused = silence::onRefused;
    }

    @Override
    public int doWork()
    {
        nowNs = turn.nanoTime();
        dutyCycle.begin(nowNs);
        isGlancing = glance.isDue(nowNs);
        int work = commands.drain(this);
        work += pollLive();
        work += pollBulk();
        hearHeartbeats();
        work += acknowledge();
        reportSilentLeaders();
        return work;
    }

    @Override
    public void onClose()
    {
        live.close();
        bulk.close();
        heartbeats.close();
        out.close();
    }

    @Override
    public String roleName()
    {
        return "follower-" + context.nodeId();
    }

    /** From the conductor: the log is this agent's from now on. */
    void follow(
        final Assignment assignment, final LogStore.Partition store, final PartitionCounters counters,
        final long incarnation, final long highWatermark)
    {
        final FollowStages stages = stageFile == null ? null : new FollowStages(
            out, clock, stageFile, stageFile.section(PartitionKey.topicId(assignment.key())));
        final FollowerReplica replica = new FollowerReplica(
            assignment.key(), context.nodeId(), incarnation, config, store.log(), store.sequences(),
            stages == null ? out : stages);
        final Followed followed = new Followed(replica, store.log(), counters, stages);
        partitions.put(assignment.key(), followed);
        turns.add(followed);
        counters.logEnd().setRelease(store.log().logEnd());
        leader(followed, assignment);
        replica.follow(assignment, highWatermark, nowNs);
    }

    /** From the conductor: another leader or a later leadership of the same one; the log stays here. */
    void followNext(final Assignment assignment)
    {
        final Followed followed = heardOf(assignment.key());
        if (followed != null)
        {
            leader(followed, assignment);
            followed.replica.follow(assignment, followed.replica.highWatermark(), nowNs);
        }
    }

    /** From the conductor: same leader epoch, newer metadata. */
    void onAssignment(final Assignment assignment)
    {
        final Followed followed = heardOf(assignment.key());
        if (followed != null)
        {
            fsynced(followed, assignment);
            followed.replica.onAssignment(assignment, nowNs);
        }
    }

    /** From the conductor: another role, or none; the log goes back. */
    void stopFollowing(final long key)
    {
        final Followed followed = partitions.remove(key);
        if (followed != null)
        {
            turns.remove(followed);
            followed.replica.stopFollowing();
            conductor.logReturned(key);
        }
    }

    /** From the conductor: the log was truncated or restarted, and the sequences rebuilt. */
    void onTruncated(final long key)
    {
        final Followed followed = heardOf(key);
        if (followed != null)
        {
            followed.counters.logEnd().setRelease(followed.log.logEnd());
            followed.replica.onTruncated(nowNs);
        }
    }

    /** From the conductor: this broker registered again. */
    void onIncarnation(final long incarnation)
    {
        for (final Followed followed : turns.all())
        {
            followed.replica.onIncarnation(incarnation, nowNs);
        }
    }

    void onPeer(final int peerId, final Outbound control)
    {
        out.onPeer(peerId, control);
        refusals.onPeer(peerId, control);
        silence.onHeard(peerId, nowNs);
        // Whatever a former stream to that peer carried is in doubt.
        for (final Followed followed : turns.all())
        {
            if (followed.leader == peerId)
            {
                followed.replica.onStreamLost(nowNs);
            }
        }
    }

    void onPeerGone(final int peerId)
    {
        out.onPeerGone(peerId);
        refusals.onPeerGone(peerId);
    }

    @Override
    public void onAppend(
        final long key, final int leaderEpoch, final long sessionId, final long highWatermark, final long logStart,
        final long sentNs, final DirectBuffer batch, final int offset, final int length)
    {
        final Followed followed = heardOf(key);
        if (followed != null)
        {
            heard(followed, leaderEpoch);
            final boolean isSampled = sentNs != AckStages.NULL_NS && followed.stages != null;
            final long arrivedNs = isSampled ? clock.nanoTime() : AckStages.NULL_NS;
            final long oldEnd = followed.log.logEnd();
            followed.replica.onAppend(
                leaderEpoch, sessionId, highWatermark, logStart, batch, offset, length, nowNs);
            final long newEnd = followed.log.logEnd();
            if (isSampled && newEnd > oldEnd)
            {
                followed.stages.onAppended(newEnd, sentNs, arrivedNs);
            }
            followed.counters.logEnd().setRelease(newEnd);
        }
    }

    @Override
    public void onHighWatermark(
        final long key, final int leaderEpoch, final long sessionId, final long highWatermark, final long logStart)
    {
        final Followed followed = heardOf(key);
        if (followed != null)
        {
            heard(followed, leaderEpoch);
            followed.replica.onHighWatermark(leaderEpoch, sessionId, highWatermark, logStart, nowNs);
        }
    }

    @Override
    public void onFollowAccepted(
        final long key, final int leaderEpoch, final long sessionId, final long logEnd, final long logStart)
    {
        final Followed followed = heardOf(key);
        if (followed != null)
        {
            heard(followed, leaderEpoch);
            followed.replica.onFollowAccepted(leaderEpoch, sessionId, logEnd, logStart, nowNs);
        }
    }

    @Override
    public void onDiverged(
        final long key, final int leaderEpoch, final long sessionId, final int epoch, final long endOffset)
    {
        final Followed followed = heardOf(key);
        if (followed != null)
        {
            heard(followed, leaderEpoch);
            followed.replica.onDiverged(leaderEpoch, sessionId, epoch, endOffset, nowNs);
        }
    }

    @Override
    public void onOutOfRange(final long key, final int leaderEpoch, final long sessionId, final long logStart)
    {
        final Followed followed = heardOf(key);
        if (followed != null)
        {
            heard(followed, leaderEpoch);
            followed.replica.onOutOfRange(leaderEpoch, sessionId, logStart, nowNs);
        }
    }

    @Override
    public void onFollowRefused(final long key, final int leaderEpoch, final long sessionId, final int code)
    {
        final Followed followed = heardOf(key);
        if (followed != null)
        {
            followed.replica.onFollowRefused(leaderEpoch, sessionId, code, nowNs);
        }
    }

    @Override
    public void onHeartbeat(final int brokerId, final long incarnation)
    {
        silence.onHeard(brokerId, nowNs);
    }

    /** Heard, but no work: they must not keep an idle broker's thread awake. Not in every turn: no record waits for them. */
    private void hearHeartbeats()
    {
        if (isGlancing)
        {
            heartbeats.poll(heartbeatAdapter, HEARTBEAT_LIMIT);
            refusals.poll(onRefused);
        }
    }

    /** Who follows nobody is told nothing. */
    private int pollLive()
    {
        if (partitions.isEmpty() && !isGlancing)
        {
            return 0;
        }
        isLive = true;
        return live.poll(liveAdapter, LIVE_LIMIT);
    }

    /** Rarely while nobody is fed: nothing waits for the first frame. */
    private int pollBulk()
    {
        if (!isFed && !isGlancing)
        {
            return 0;
        }
        isLive = false;
        final int work = bulk.poll(bulkAdapter, BULK_LIMIT);
        isFed = work > 0;
        return work;
    }

    private int acknowledge()
    {
        int work = 0;
        for (int i = turns.begin(nowNs) - 1; i >= 0; i--)
        {
            final Followed followed = turns.get(i);
            followed.replica.read(followed.counters.readers().get() > 0);
            work += followed.replica.doWork(nowNs);
            if (followed.replica.isAtRest(nowNs))
            {
                turns.rest(i);
            }
        }
        return work;
    }

    /** @return the partition, which has its turn now; null where this broker does not follow it */
    private Followed heardOf(final long key)
    {
        final Followed followed = partitions.get(key);
        if (followed != null)
        {
            turns.touch(followed);
        }
        return followed;
    }

    /** R5.1: after the polls of this cycle, so that frames that lay waiting while this agent did not run count. */
    private void reportSilentLeaders()
    {
        final long stalledNs = dutyCycle.stalledNs();
        silence.onStalled(stalledNs - toldStalledNs);
        toldStalledNs = stalledNs;
        for (int peerId = silence.nextSilent(nowNs); peerId >= 0; peerId = silence.nextSilent(nowNs))
        {
            reportSilent(peerId);
        }
    }

    private void reportSilent(final int peerId)
    {
        final Followed[] led = turns.all().stream().filter((followed) -> followed.leader == peerId).toArray(Followed[]::new);
        if (led.length == 0)
        {
            return;
        }
        final long[] keys = new long[led.length];
        final int[] leaderEpochs = new int[led.length];
        for (int i = 0; i < led.length; i++)
        {
            keys[i] = led[i].replica.key();
            leaderEpochs[i] = led[i].leaderEpoch;
        }
        conductor.leaderSilent(peerId, keys, leaderEpochs);
    }

    private void leader(final Followed followed, final Assignment assignment)
    {
        followed.leader = assignment.leader();
        followed.leaderEpoch = assignment.leaderEpoch();
        fsynced(followed, assignment);
        // A new leadership gets the whole timeout to be heard of.
        silence.onHeard(assignment.leader(), nowNs);
    }

    private static void fsynced(final Followed followed, final Assignment assignment)
    {
        if (followed.stages != null)
        {
            followed.stages.fsynced(assignment.fsynced());
        }
    }

    private void heard(final Followed followed, final int leaderEpoch)
    {
        if (isLive && leaderEpoch == followed.leaderEpoch)
        {
            silence.onHeard(followed.leader, nowNs);
        }
    }

    private void onHighWatermarkMoved(final long key, final long highWatermark)
    {
        final Followed followed = heardOf(key);
        if (followed != null && highWatermark > followed.counters.highWatermark().get())
        {
            followed.counters.highWatermark().setRelease(highWatermark);
        }
    }
}
