package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.replication.AppendDecoder;
import io.syncline.record.BatchBuilder;
import io.syncline.record.BatchFlyweight;
import io.syncline.replica.Assignment;
import io.syncline.replica.MemoryLog;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Inbound;
import io.syncline.stream.MemoryStreams;
import io.syncline.stream.StreamIds;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class DeliveryAgentTest
{
    private static final int BROKER = 1;
    private static final int PEER = 2;
    private static final long CLIENT = 77;
    private static final long TOPIC = 5;
    private static final long KEY = PartitionKey.of(TOPIC, 0);
    private static final long PLENTY = Long.MAX_VALUE / 2;
    private static final DeliveryLimits LIMITS = new DeliveryLimits(
        4, 4096, 16384, 4096, 0, TimeUnit.SECONDS.toNanos(1), TimeUnit.MILLISECONDS.toNanos(5));

    private final MemoryStreams streams = new MemoryStreams();
    private final Endpoint brokerEndpoint = new Endpoint("broker", 1);
    private final Endpoint clientEndpoint = new Endpoint("client", 1);
    private final Endpoint peerEndpoint = new Endpoint("peer", 1);
    private final CommandQueue<DeliveryCommands> commands = new CommandQueue<>();
    private final FeedRing feedRing = new FeedRing();
    private final MemoryLog log = new MemoryLog(KEY);
    private final PartitionCounters counters = MemoryCounters.ofPartition();
    private final FetchClient client = new FetchClient(KEY, counters, streams, brokerEndpoint, clientEndpoint);
    private final Inbound bulk = streams.listen(peerEndpoint, StreamIds.BULK);
    private final List<FetchClient.Answer> answers = client.answers;
    private final List<FetchClient.Batch> batches = client.batches;
    private final List<Long> highWatermarks = client.highWatermarks;
    private DeliveryAgent agent;
    private boolean readerClosed;
    private long nowNs = 1_000_000_000L;

    @BeforeEach
    void start()
    {
        agent = new DeliveryAgent(
            BROKER, () -> nowNs, LIMITS, commands, feedRing, streams.listen(brokerEndpoint, StreamIds.FETCH),
            new BulkStreams((peerId) ->
                commands.post((c) -> c.onBulk(peerId, streams.connect(peerEndpoint, StreamIds.BULK)))));
        commands.post((c) -> c.onClient(CLIENT, streams.connect(clientEndpoint, StreamIds.DELIVER)));
        commands.post((c) -> c.onPartition(KEY, new MemoryLogReader(log, () -> readerClosed = true), counters));
    }

    @Test
    void r7_1_shouldDeliverBelowTheHighWatermarkAndNeverAbove()
    {
        lead(3, 0);
        append(3, 5, 2);
        highWatermark(4);

        fetch(1, 0, PLENTY);
        turn();

        assertThat(answers).containsExactly(new FetchClient.Answer(1, Codes.OK, 0, 4, 3, BROKER));
        assertThat(batches).extracting(FetchClient.Batch::endOffset).containsExactly(2L, 4L);

        highWatermark(9);
        turn();
        assertThat(batches).extracting(FetchClient.Batch::endOffset).containsExactly(2L, 4L, 6L, 8L);
    }

    @Test
    void r7_3_shouldWakeAReaderAtTheEndWhenTheHighWatermarkMoves()
    {
        lead(1, 0);
        fetch(1, FetchSession.FROM_HIGH_WATERMARK, PLENTY);
        turn();
        assertThat(batches).isEmpty();

        append(1, 1, 1);
        turn();
        assertThat(batches).isEmpty();

        highWatermark(1);
        turn();
        assertThat(batches).extracting(FetchClient.Batch::baseOffset).containsExactly(0L);
    }

    /** R3.4: who leads pushes the high watermark to a replica that is read from. */
    @Test
    void r3_4_shouldCountTheConsumersThatReadHere()
    {
        lead(1, 0);
        turn();
        assertThat(counters.readers().get()).isZero();
        fetch(1, FetchSession.FROM_HIGH_WATERMARK, PLENTY);
        turn();
        assertThat(counters.readers().get()).isEqualTo(1);
        fetch(2, FetchSession.FROM_HIGH_WATERMARK, PLENTY);
        turn();
        assertThat(counters.readers().get()).as("the same consumer, from elsewhere").isEqualTo(1);
        commands.post((c) -> c.onClientGone(CLIENT));
        turn();
        assertThat(counters.readers().get()).isZero();
    }

    @Test
    void shouldStartAtTheLogStartOrAtTheHighWatermark()
    {
        lead(1, 0);
        append(1, 6, 1);
        log.trimTo(2);
        highWatermark(5);

        fetch(1, FetchSession.FROM_LOG_START, 0);
        fetch(2, FetchSession.FROM_HIGH_WATERMARK, 0);
        turn();

        assertThat(answers).extracting(FetchClient.Answer::startOffset).containsExactly(5L);
        fetch(3, FetchSession.FROM_LOG_START, 0);
        turn();
        assertThat(answers).extracting(FetchClient.Answer::startOffset).containsExactly(5L, 2L);
    }

    @Test
    void r3_5_shouldNotAnswerTheLatestOffsetBeforeANewLeaderKnowsIt()
    {
        append(1, 4, 1);
        highWatermark(2);
        lead(2, 4);

        fetch(1, FetchSession.FROM_HIGH_WATERMARK, PLENTY);
        turn();
        assertThat(answers).isEmpty();

        highWatermark(4);
        turn();
        assertThat(answers).containsExactly(new FetchClient.Answer(1, Codes.OK, 4, 4, 2, BROKER));
    }

    @Test
    void shouldNameTheHighWatermarkUnknownAtANewLeader()
    {
        append(1, 4, 1);
        highWatermark(2);
        lead(2, 4);

        fetch(1, FetchSession.FROM_LOG_START, PLENTY);
        turn();

        assertThat(answers).containsExactly(new FetchClient.Answer(1, Codes.OK, 0, -1, 2, BROKER));
        assertThat(batches).extracting(FetchClient.Batch::endOffset).containsExactly(1L, 2L);
    }

    @Test
    void shouldRefuseOffsetsOutsideTheLog()
    {
        lead(1, 0);
        append(1, 6, 1);
        log.trimTo(2);
        highWatermark(5);

        fetch(1, 1, PLENTY);
        turn();
        fetch(2, 6, PLENTY);
        turn();

        assertThat(answers).extracting(FetchClient.Answer::code)
            .containsExactly(Codes.OFFSET_OUT_OF_RANGE, Codes.OFFSET_OUT_OF_RANGE);
        assertThat(batches).isEmpty();
    }

    @Test
    void r7_1_shouldTellAReaderWhereItsHistoryPartsFromTheLog()
    {
        append(1, 3, 1);
        append(4, 3, 1);
        lead(5, 6);
        highWatermark(6);

        fetch(1, 5, PLENTY, 5, 2);
        turn();

        assertThat(answers).containsExactly(new FetchClient.Answer(1, Codes.DIVERGED, 3, 6, 1, BROKER));
        assertThat(batches).isEmpty();
    }

    @Test
    void r7_1_shouldTellAReaderThatReadPastATruncation()
    {
        append(1, 3, 1);
        append(4, 3, 1);
        lead(5, 6);
        highWatermark(6);

        fetch(1, 4, PLENTY, 5, 1);
        turn();

        assertThat(answers).containsExactly(new FetchClient.Answer(1, Codes.DIVERGED, 3, 6, 1, BROKER));
    }

    @Test
    void shouldServeAReaderWhoseHistoryIsAPrefix()
    {
        append(1, 3, 1);
        append(4, 3, 1);
        lead(5, 6);
        highWatermark(6);

        fetch(1, 3, PLENTY, 5, 1);
        turn();
        fetch(2, 5, PLENTY, 5, 4);
        turn();

        assertThat(answers).extracting(FetchClient.Answer::code).containsExactly(Codes.OK, Codes.OK);
        assertThat(batches).extracting(FetchClient.Batch::baseOffset).containsExactly(3L, 4L, 5L, 5L);
    }

    @Test
    void shouldRespectTheCredit()
    {
        lead(1, 0);
        append(1, 5, 1);
        highWatermark(5);
        final int length = lengthOfBatch();

        fetch(1, 0, 2L * length + 1);
        turn();
        assertThat(batches).hasSize(2);

        fetch(1, 0, 4L * length);
        turn();
        assertThat(batches).extracting(FetchClient.Batch::baseOffset).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void shouldResumeWhereItStoppedAfterBackPressure()
    {
        lead(1, 0);
        append(1, 6, 1);
        highWatermark(6);
        streams.windowFrames(3);

        fetch(1, 0, PLENTY);
        agent.doWork();
        agent.doWork();
        client.drain();
        assertThat(batches).hasSize(2);

        turn();
        turn();
        assertThat(batches).extracting(FetchClient.Batch::baseOffset).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void shouldReplaceASessionByAHigherFetchIdAndIgnoreALowerOne()
    {
        lead(1, 0);
        append(1, 3, 1);
        highWatermark(3);

        fetch(7, 0, lengthOfBatch());
        turn();
        fetch(8, 2, PLENTY);
        turn();
        fetch(7, 0, PLENTY);
        turn();

        assertThat(answers).extracting(FetchClient.Answer::fetchId).containsExactly(7L, 8L);
        assertThat(batches).extracting(FetchClient.Batch::id).containsExactly(7L, 8L);
        assertThat(batches).extracting(FetchClient.Batch::baseOffset).containsExactly(0L, 2L);
    }

    @Test
    void shouldEndASessionWhenTheClientSaysSo()
    {
        lead(1, 0);
        fetch(1, 0, PLENTY);
        turn();
        fetch(1, -1, 0);
        append(1, 1, 1);
        highWatermark(1);
        turn();

        assertThat(batches).isEmpty();
        assertThat(agent.activeSessions()).isZero();
    }

    @Test
    void shouldEndALeaderSessionAndNameTheNewLeaderWhenTheRoleIsLost()
    {
        lead(1, 0);
        fetch(1, 0, PLENTY);
        turn();
        answers.clear();

        assign(2, PEER, -1, BROKER, PEER);
        append(2, 1, 1);
        highWatermark(1);
        turn();

        assertThat(answers).containsExactly(new FetchClient.Answer(1, Codes.NOT_LEADER, 0, 1, 2, PEER));
        assertThat(batches).isEmpty();
        fetch(1, 0, PLENTY);
        turn();
        assertThat(answers).as("a late refill does not open it again").extracting(FetchClient.Answer::code)
            .containsExactly(Codes.NOT_LEADER, Codes.NOT_LEADER);
    }

    @Test
    void r7_2_shouldServeFromAFollowerOnlyWhileItIsInSync()
    {
        assign(1, PEER, -1, BROKER, PEER);
        append(1, 2, 1);
        highWatermark(1);

        fetch(1, 0, PLENTY);
        turn();
        assertThat(answers).containsExactly(new FetchClient.Answer(1, Codes.NOT_LEADER, -1, 1, 1, PEER));
        fetchFromFollower(2, 0);
        turn();
        assertThat(batches).extracting(FetchClient.Batch::baseOffset).containsExactly(0L);

        assign(1, PEER, -1, PEER);
        turn();
        assertThat(answers.get(answers.size() - 1))
            .isEqualTo(new FetchClient.Answer(2, Codes.NOT_REPLICA, 1, 1, 1, PEER));
    }

    @Test
    void shouldLetAFollowerCatchUpWithAReaderOfTheLeader()
    {
        assign(1, PEER, -1, BROKER, PEER);
        append(1, 2, 1);
        highWatermark(1);

        fetchFromFollower(1, 2);
        turn();
        assertThat(answers).isEmpty();

        highWatermark(2);
        turn();
        assertThat(answers).extracting(FetchClient.Answer::code).containsExactly(Codes.OK);

        fetchFromFollower(2, 9);
        turn();
        nowNs += LIMITS.resolveTimeoutNs();
        turn();
        assertThat(answers).extracting(FetchClient.Answer::code).containsExactly(Codes.OK, Codes.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void shouldEndSessionsAndCloseTheReaderWhenThePartitionGoes()
    {
        lead(1, 0);
        fetch(1, 0, PLENTY);
        turn();

        commands.post((c) -> c.onPartitionGone(KEY));
        turn();

        assertThat(readerClosed).isTrue();
        assertThat(answers.get(1)).isEqualTo(new FetchClient.Answer(1, Codes.NOT_REPLICA, 0, -1, -1, -1));
    }

    @Test
    void shouldServeSessionsInTurn()
    {
        final long other = 78;
        final Inbound otherDelivered = streams.listen(new Endpoint("other", 1), StreamIds.DELIVER);
        commands.post((c) -> c.onClient(other, streams.connect(new Endpoint("other", 1), StreamIds.DELIVER)));
        lead(1, 0);
        append(1, 400, 1);
        highWatermark(400);
        fetch(1, 0, PLENTY);
        client.fetch(other, 1, 0, PLENTY, -1, -1, 0);

        agent.doWork();

        final int perSession = LIMITS.sessionBytes() / lengthOfBatch() + 1;
        assertThat(client.drain()).isEqualTo(perSession + 1);
        final List<Integer> lengths = new ArrayList<>();
        otherDelivered.poll((buffer, offset, length) -> lengths.add(length), Integer.MAX_VALUE);
        assertThat(lengths).hasSize(perSession + 1);
    }

    @Test
    void shouldTellAHighWatermarkThatMovesWithoutBatches()
    {
        lead(1, 0);
        append(1, 2, 1);
        fetch(1, 0, 0);
        turn();
        highWatermark(2);
        nowNs += LIMITS.quietHighWatermarkNs();
        turn();
        turn();

        assertThat(highWatermarks).containsExactly(2L);
    }

    @Test
    void shouldIgnoreClientsThatAreNotConnected()
    {
        client.fetch(999, 1, 0, PLENTY, -1, -1, 0);
        turn();
        assertThat(agent.droppedFetches()).isEqualTo(1);
        assertThat(agent.activeSessions()).isZero();
    }

    @Test
    void shouldFeedAFollowerThatIsFarBehindOverTheBulkStream()
    {
        lead(3, 0);
        append(3, 100, 2);
        highWatermark(10);

        feedRing.feed(PEER, KEY, 3, 9, 20, 200);
        final List<FetchClient.Batch> appends = new ArrayList<>();
        for (int i = 0; i < 20; i++)
        {
            agent.doWork();
            drainBulk(appends);
        }

        assertThat(appends).hasSize(90).allMatch((a) -> a.id() == 9 && a.epoch() == 3 && a.highWatermark() == 10);
        assertThat(appends.get(0).baseOffset()).isEqualTo(20);
        assertThat(appends.get(89).endOffset()).isEqualTo(200);
    }

    @Test
    void r2_2_shouldStopAFeedWhenTheEpochChanges()
    {
        lead(3, 0);
        append(3, 100, 2);
        feedRing.feed(PEER, KEY, 3, 9, 0, 200);
        // The first turn wishes for a stream, the second has it.
        agent.doWork();
        agent.doWork();
        final List<FetchClient.Batch> appends = new ArrayList<>();
        drainBulk(appends);
        final int sent = appends.size();

        assign(4, PEER, -1, PEER);
        agent.doWork();
        drainBulk(appends);

        assertThat(sent).isPositive().isLessThan(100);
        assertThat(appends).hasSize(sent);
    }

    private void lead(final int epoch, final long leso)
    {
        assign(epoch, BROKER, leso, BROKER, PEER);
    }

    private void assign(final int epoch, final int leader, final long leso, final int... isr)
    {
        final Assignment assignment = new Assignment(
            KEY, leader, epoch, epoch, new int[]{BROKER, PEER}, new long[]{1, 2}, new boolean[]{true, true}, isr,
            new int[0], 1, false);
        commands.post((c) -> c.onAssignment(assignment, leso));
    }

    private void append(final int epoch, final int count, final int records)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[4096]);
        final BatchBuilder builder = new BatchBuilder().wrap(buffer, 0, 4096);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[40]);
        for (int i = 0; i < records; i++)
        {
            builder.append(null, 0, -1, value, 0, 40, 1);
        }
        final int length = builder.finish();
        for (int i = 0; i < count; i++)
        {
            assertThat(log.appendAsLeader(buffer, 0, length, epoch)).isPositive();
        }
    }

    private int lengthOfBatch()
    {
        return log.read(log.logStart(), new UnsafeBuffer(0, 0));
    }

    private void highWatermark(final long offset)
    {
        counters.highWatermark().setRelease(offset);
    }

    private void fetch(final long fetchId, final long offset, final long credit)
    {
        client.fetch(CLIENT, fetchId, offset, credit, -1, -1, 0);
    }

    private void fetch(
        final long fetchId, final long offset, final long credit, final int leaderEpoch, final int lastEpoch)
    {
        client.fetch(CLIENT, fetchId, offset, credit, leaderEpoch, lastEpoch, 0);
    }

    private void fetchFromFollower(final long fetchId, final long offset)
    {
        client.fetch(CLIENT, fetchId, offset, PLENTY, -1, -1, 1);
    }

    private void turn()
    {
        agent.doWork();
        client.drain();
    }

    private void drainBulk(final List<FetchClient.Batch> appends)
    {
        bulk.poll((buffer, offset, length) ->
        {
            final AppendDecoder append = new AppendDecoder().wrapAndApplyHeader(
                buffer, offset, new io.syncline.protocol.replication.MessageHeaderDecoder());
            final int body = MessageHeaderDecoder.ENCODED_LENGTH + AppendDecoder.BLOCK_LENGTH;
            final BatchFlyweight batch = new BatchFlyweight().wrap(buffer, offset + body);
            return appends.add(new FetchClient.Batch(append.sessionId(), batch.baseOffset(), batch.endOffset(),
                append.leaderEpoch(), append.highWatermark(), length - body));
        }, Integer.MAX_VALUE);
    }
}
