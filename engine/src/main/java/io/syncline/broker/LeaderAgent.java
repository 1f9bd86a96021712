package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.replica.Assignment;
import io.syncline.replica.LeaderReplica;
import io.syncline.replica.ReplicaConfig;
import io.syncline.replica.ReplicaLog;
import io.syncline.stream.Glance;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;


/**
 * Duty cycle of the leader side: takes produced batches from clients, appends them to the logs of the partitions that
 * this broker leads, and pushes them to the followers. Owns those logs, the producers' sequences and the send cursors.
 */
final class LeaderAgent implements Agent, AcksToLeaderRing.Handler, ProduceAdapter.Handler
{
    private static final int FRAME_LIMIT = 64;
    private static final int SEND_BUDGET_BYTES = 512 * 1024;
    private static final int NULL_EPOCH = -1;

    /** A partition that this broker leads, as this agent sees it. */
    private static final class Led extends PartitionTurns.Turned
    {
        final LeaderReplica replica;
        final ReplicaLog log;
        final PartitionCounters counters;

        Led(final LeaderReplica replica, final ReplicaLog log, final PartitionCounters counters)
        {
            this.replica = replica;
            this.log = log;
            this.counters = counters;
        }
    }

    private final BrokerContext context;
    private final ReplicaConfig config;
    private final NanoClock clock;
    private final TurnClock turn;
    private final Inbound produce;
    private final AcksToLeaderRing acks;
    private final CommandQueue<LeaderAgent> commands;
    private final LeaderToAcksRing acksRing;
    private final ConductorProxy conductor;
    private final LeaderPublisher out;
    private final DutyCycle dutyCycle;
    private final ProduceAdapter produceAdapter = new ProduceAdapter(this);
    private final Long2ObjectHashMap<Led> partitions = new Long2ObjectHashMap<>();
    private final Glance glance;
    private final PartitionTurns<Led> turns;
    private final Long2LongHashMap lastEpochs = new Long2LongHashMap(NULL_EPOCH);
    private long nextHeartbeatNs;
    private final boolean isMeasured;
    private long heldClientId;
    private long heldSequence;
    private long heldNs = AckStages.NULL_NS;
    private long nowNs;

    LeaderAgent(
        final BrokerContext context, final ReplicaConfig config, final Inbound produce, final BrokerQueues queues,
        final DutyCycle dutyCycle, final TurnClock turn)
    {
        this.context = context;
        this.config = config;
        this.clock = context.nanoClock();
        this.turn = turn;
        this.nextHeartbeatNs = clock.nanoTime();
        this.turns = new PartitionTurns<>(nextHeartbeatNs);
        this.produce = produce;
        this.acks = queues.acksToLeader();
        this.acksRing = queues.leaderToAcks();
        this.commands = queues.leader();
        this.conductor = queues.conductor();
        this.dutyCycle = dutyCycle;
        this.glance = new Glance(turn.nanoTime());
        this.isMeasured = context.stageSampling() > 0;
        this.out = new LeaderPublisher(
            context.nodeId(), queues.leaderToAcks(), queues.feeds(), queues.conductor(), clock, isMeasured);
    }

    @Override
    public int doWork()
    {
        nowNs = turn.begin();
        dutyCycle.begin(nowNs);
        int work = commands.drain(this);
        work += acks.poll(this);
        // Who leads nothing has refusals to answer with, at most.
        work += partitions.isEmpty() && !glance.isDue(nowNs) ? 0 : produce.poll(produceAdapter, FRAME_LIMIT);
        work += pushToFollowers();
        heartbeats();
        return work;
    }

    @Override
    public void onClose()
    {
        produce.close();
        out.close();
    }

    @Override
    public String roleName()
    {
        return "leader-" + context.nodeId();
    }

    /** From the conductor: the log is this agent's from now on; (epoch, LESO) is durable. */
    void lead(
        final Assignment assignment, final LogStore.Partition store, final PartitionCounters counters,
        final long highWatermark)
    {
        final LeaderReplica replica = new LeaderReplica(
            assignment.key(), context.nodeId(), config, store.log(), store.sequences(), out);
        final Led led = new Led(replica, store.log(), counters);
        partitions.put(assignment.key(), led);
        turns.add(led);
        lastEpochs.put(assignment.key(), assignment.leaderEpoch());
        replica.lead(assignment, highWatermark, nowNs);
        counters.logEnd().setRelease(store.log().logEnd());
    }

    /** From the conductor: same leader epoch, newer metadata. */
    void onAssignment(final Assignment assignment)
    {
        final Led led = heardOf(assignment.key());
        if (led != null)
        {
            led.replica.onAssignment(assignment, nowNs);
        }
    }

    /** From the conductor: deposed. Nothing is sent any more (R2.2), and the log goes back. */
    void stopLeading(final long key)
    {
        final Led led = partitions.remove(key);
        if (led != null)
        {
            turns.remove(led);
            led.replica.stopLeading();
            conductor.logReturned(key);
        }
    }

    void onPeer(final int peerId, final Outbound live, final Outbound heartbeat)
    {
        out.onPeer(peerId, live, heartbeat);
    }

    void onPeerGone(final int peerId)
    {
        out.onPeerGone(peerId);
    }

    void onIncarnation(final long incarnation)
    {
        out.onIncarnation(incarnation);
    }

    @Override
    public boolean onProduce(
        final long key, final long clientId, final int level, final int clientLeaderEpoch, final long fromSequence,
        final long toSequence, final DirectBuffer batch, final int offset, final int length)
    {
        final Led led = heardOf(key);
        if (led == null)
        {
            return level == 0 || acksRing.hasRoom() &&
                acksRing.refused(key, NULL_EPOCH, clientId, fromSequence, toSequence, Codes.NOT_LEADER);
        }
        final boolean isSampled = isMeasured && BatchDescriptor.isSampled(batch, offset);
        if (isSampled)
        {
            out.beginSample(receivedNs(clientId, fromSequence), led.log.logEnd());
        }
        final long result = led.replica.onProduce(
            clientId, level, clientLeaderEpoch, fromSequence, batch, offset, length, nowNs);
        if (isSampled)
        {
            endSample(clientId, fromSequence, result);
        }
        if (result == Codes.BACK_PRESSURED)
        {
            return false;
        }
        if (result >= 0)
        {
            led.counters.logEnd().setRelease(led.log.logEnd());
        }
        return true;
    }

    @Override
    public boolean onFollow(
        final long key, final int follower, final int leaderEpoch, final int partitionEpoch, final long incarnation,
        final long sessionId, final long logEnd, final int lastEpoch)
    {
        final Led led = heardOf(key);
        if (led == null)
        {
            // Perhaps this broker will learn of its leadership in a moment: the follower asks again (R1.2).
            out.followRefused(follower, key, NULL_EPOCH, sessionId, Codes.UNKNOWN_LEADER_EPOCH);
            return true;
        }
        led.replica.onFollow(follower, leaderEpoch, partitionEpoch, incarnation, sessionId, logEnd, lastEpoch, nowNs);
        return true;
    }

    @Override
    public boolean onAcked(
        final long key, final int leaderEpoch, final int follower, final long sessionId, final long logEnd)
    {
        final Led led = heardOf(key);
        if (led != null)
        {
            led.replica.onAcked(leaderEpoch, follower, sessionId, logEnd);
        }
        return true;
    }

    @Override
    public boolean onFollowerRead(
        final long key, final int leaderEpoch, final int follower, final long sessionId, final boolean isRead)
    {
        final Led led = heardOf(key);
        if (led != null)
        {
            led.replica.onFollowerRead(leaderEpoch, follower, sessionId, isRead);
        }
        return true;
    }

    @Override
    public boolean onHighWatermark(final long key, final int leaderEpoch, final long highWatermark)
    {
        // Acks was told of the leadership first: its first high watermark may be here before the log is.
        if (leaderEpoch > lastEpochs.get(key))
        {
            commands.drain(this);
            if (leaderEpoch > lastEpochs.get(key))
            {
                return false;
            }
        }
        final Led led = heardOf(key);
        if (led != null)
        {
            led.replica.onHighWatermark(leaderEpoch, highWatermark);
        }
        return true;
    }

    /** @return the partition, which has its turn now; null where this broker does not lead it */
    private Led heardOf(final long key)
    {
        final Led led = partitions.get(key);
        if (led != null)
        {
            turns.touch(led);
        }
        return led;
    }

    /** What could not be taken when it first came has waited here since. */
    private long receivedNs(final long clientId, final long fromSequence)
    {
        if (heldNs == AckStages.NULL_NS || heldClientId != clientId || heldSequence != fromSequence)
        {
            heldNs = clock.nanoTime();
        }
        return heldNs;
    }

    private void endSample(final long clientId, final long fromSequence, final long result)
    {
        out.endSample();
        if (result == Codes.BACK_PRESSURED)
        {
            heldClientId = clientId;
            heldSequence = fromSequence;
        }
        else
        {
            heldNs = AckStages.NULL_NS;
        }
    }

    private int pushToFollowers()
    {
        int work = 0;
        for (int i = turns.begin(nowNs) - 1; i >= 0; i--)
        {
            final LeaderReplica replica = turns.get(i).replica;
            work += replica.doWork(nowNs, SEND_BUDGET_BYTES);
            if (replica.isAtRest())
            {
                turns.rest(i);
            }
        }
        return work;
    }

    private void heartbeats()
    {
        if (nowNs - nextHeartbeatNs >= 0)
        {
            nextHeartbeatNs = nowNs + context.heartbeatIntervalNs();
            out.heartbeats();
        }
    }
}
