package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.protocol.client.ProduceAckEncoder;
import io.syncline.replica.AcksOutput;
import io.syncline.stage.Stage;
import io.syncline.stage.StageSample;
import io.syncline.stream.Outbound;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;

/** Everything that leaves the acks agent: ProduceAck frames, the ring to the leader side, ISR wishes to the conductor. */
final class AcksPublisher implements AcksOutput
{
    private static final int HEAD_LENGTH = 256;
    private static final int NO_LEADER = -1;
    private static final long UNKNOWN_LEADER = Long.MIN_VALUE;

    private final UnsafeBuffer head =
        new UnsafeBuffer(BufferUtil.allocateDirectAligned(HEAD_LENGTH, BitUtil.CACHE_LINE_LENGTH));
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final ProduceAckEncoder produceAck = new ProduceAckEncoder();
    private final Long2ObjectHashMap<Client> clients = new Long2ObjectHashMap<>();
    private final Long2LongHashMap leaders = new Long2LongHashMap(UNKNOWN_LEADER);
    private final AcksToLeaderRing leaderRing;
    private final ConductorProxy conductor;
    private final HighWatermarks highWatermarks;
    private boolean isAckRefused;

    /** Takes the high watermarks that moved; several moves within a duty cycle are one. */
    @FunctionalInterface
    interface HighWatermarks
    {
        void onMoved(long key, int leaderEpoch, long highWatermark);
    }

    private static final class Client
    {
        final Outbound produceAcks;
        boolean wasConnected;

        Client(final Outbound produceAcks)
        {
            this.produceAcks = produceAcks;
        }
    }

    AcksPublisher(
        final AcksToLeaderRing leaderRing, final ConductorProxy conductor, final HighWatermarks highWatermarks)
    {
        this.leaderRing = leaderRing;
        this.conductor = conductor;
        this.highWatermarks = highWatermarks;
    }

    void onClient(final long clientId, final Outbound produceAcks)
    {
        onClientGone(clientId);
        clients.put(clientId, new Client(produceAcks));
    }

    void onClientGone(final long clientId)
    {
        final Client client = clients.remove(clientId);
        if (client != null)
        {
            client.produceAcks.close();
        }
    }

    void onLeader(final long key, final int leader)
    {
        if (leader < 0)
        {
            leaders.remove(key);
        }
        else
        {
            leaders.put(key, leader);
        }
    }

    private int leaderOf(final long key)
    {
        final long leader = leaders.get(key);
        return leader == UNKNOWN_LEADER ? NO_LEADER : (int)leader;
    }

    void close()
    {
        clients.values().forEach((client) -> client.produceAcks.close());
        clients.clear();
    }

    @Override
    public void highWatermark(final long key, final int leaderEpoch, final long highWatermark)
    {
        highWatermarks.onMoved(key, leaderEpoch, highWatermark);
    }

    @Override
    public boolean produceAck(
        final long clientId, final long key, final int leaderEpoch, final long fromSequence, final long toSequence,
        final long baseOffset, final int code)
    {
        return produceAck(clientId, key, leaderEpoch, fromSequence, toSequence, baseOffset, code, null);
    }

    /** As {@link #produceAck}, with where a sampled batch's time went; null for any other. */
    boolean produceAck(
        final long clientId, final long key, final int leaderEpoch, final long fromSequence, final long toSequence,
        final long baseOffset, final int code, final StageSample stages)
    {
        final Client client = clients.get(clientId);
        if (client == null)
        {
            return true;
        }
        produceAck.wrapAndApplyHeader(head, 0, header)
            .clientId(clientId)
            .topicId(PartitionKey.topicId(key))
            .fromSequence(fromSequence)
            .toSequence(toSequence)
            .baseOffset(baseOffset)
            .partition(PartitionKey.partition(key))
            .leaderEpoch(leaderEpoch)
            .code(code)
            .leader(code == Codes.NOT_LEADER ? leaderOf(key) : NO_LEADER);
        if (stages != null)
        {
            produceAck.stagesCount(1).next()
                .leaderAppend(stages.stageNs(Stage.LEADER_APPEND))
                .leaderSend(stages.stageNs(Stage.LEADER_SEND))
                .netReplica(stages.stageNs(Stage.NET_REPLICA))
                .followerAppend(stages.stageNs(Stage.FOLLOWER_APPEND))
                .followerAck(stages.stageNs(Stage.FOLLOWER_ACK))
                .leaderCommit(stages.stageNs(Stage.LEADER_COMMIT))
                .leaderAck(stages.stageNs(Stage.LEADER_ACK))
                .follower(stages.follower());
        }
        final long result = client.produceAcks.offer(
            head, 0, MessageHeaderEncoder.ENCODED_LENGTH + produceAck.encodedLength());
        if (result >= 0)
        {
            client.wasConnected = true;
            return true;
        }
        // A client that was there and is not any more will not read this; one that is still connecting will.
        final boolean isGivenUp = result == Codes.CLOSED || result == Codes.MAX_POSITION_EXCEEDED ||
            result == Codes.NOT_CONNECTED && client.wasConnected;
        isAckRefused |= !isGivenUp;
        return isGivenUp;
    }

    /** @return true when an answer could not be sent since the last call, and waits */
    boolean takeAckRefused()
    {
        final boolean isRefused = isAckRefused;
        isAckRefused = false;
        return isRefused;
    }

    @Override
    public boolean alterIsr(
        final long key, final int leaderEpoch, final int partitionEpoch, final int[] isr, final long[] incarnations,
        final int size)
    {
        conductor.alterIsr(
            key, leaderEpoch, partitionEpoch, Arrays.copyOf(isr, size), Arrays.copyOf(incarnations, size));
        return true;
    }

    @Override
    public boolean handOver(
        final long key, final int leaderEpoch, final int successor, final long incarnation, final boolean caughtUp)
    {
        conductor.handOver(key, leaderEpoch, successor, incarnation, caughtUp);
        return true;
    }

    @Override
    public boolean acked(
        final long key, final int leaderEpoch, final int follower, final long sessionId, final long logEnd)
    {
        return leaderRing.acked(key, leaderEpoch, follower, sessionId, logEnd);
    }

    @Override
    public boolean followerRead(
        final long key, final int leaderEpoch, final int follower, final long sessionId, final boolean isRead)
    {
        return leaderRing.followerRead(key, leaderEpoch, follower, sessionId, isRead);
    }
}
