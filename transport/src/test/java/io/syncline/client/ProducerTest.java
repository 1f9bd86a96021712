package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.RecordIterator;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class ProducerTest
{
    private record Event(boolean isAck, long from, long to, long offset, int code)
    {
    }

    private final ScriptedCluster cluster = new ScriptedCluster(3, 2);
    private final List<Event> events = new ArrayList<>();
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[16]);
    private Producer producer;

    @AfterEach
    void close()
    {
        if (producer != null)
        {
            producer.close();
        }
    }

    private Producer.Context context()
    {
        return cluster.configure(new Producer.Context()).ackListener(new AckListener()
        {
            @Override
            public void onAck(final int handle, final long from, final long upTo, final long upToOffset, final int epoch)
            {
                events.add(new Event(true, from, upTo, upToOffset, 0));
            }

            @Override
            public void onFailed(final int handle, final long from, final long to, final int code)
            {
                events.add(new Event(false, from, to, -1, code));
            }
        });
    }

    private int connect(final Producer.Context context)
    {
        producer = Producer.connect(context);
        for (int i = 0; i < 50; i++)
        {
            turn();
        }
        return producer.handle(ScriptedCluster.TOPIC, 0);
    }

    private void turn()
    {
        cluster.turn();
        producer.poll();
    }

    private void turnFor(final long timeNs)
    {
        final long endNs = cluster.nowNs + timeNs;
        while (cluster.nowNs < endNs)
        {
            turn();
        }
    }

    private void offer(final int handle, final long number)
    {
        value.putLong(0, number);
        long result = producer.offer(handle, value, 0, 16);
        while (result == Codes.BACK_PRESSURED)
        {
            turn();
            result = producer.offer(handle, value, 0, 16);
        }
        assertThat(result).isEqualTo(number);
    }

    private void assertLogHolds(final int count)
    {
        final List<Long> numbers = new ArrayList<>();
        final RecordIterator records = new RecordIterator();
        for (final byte[] batch : cluster.log(0).batches)
        {
            final UnsafeBuffer buffer = new UnsafeBuffer(batch);
            records.wrap(buffer, 0);
            while (records.next())
            {
                numbers.add(buffer.getLong(records.valueOffset()));
            }
        }
        assertThat(numbers).hasSize(count);
        for (int i = 0; i < count; i++)
        {
            assertThat(numbers.get(i)).isEqualTo(i);
        }
    }

    private void assertAllAckedOnceInOrder(final int count)
    {
        long next = 0;
        for (final Event event : events)
        {
            assertThat(event.isAck()).as(event.toString()).isTrue();
            assertThat(event.from()).isEqualTo(next);
            assertThat(event.offset()).isEqualTo(event.to());
            next = event.to() + 1;
        }
        assertThat(next).isEqualTo(count);
    }

    @Test
    void shouldSendALoneRecordAtOnceAndAFloodInBatches()
    {
        final int handle = connect(context());
        for (int i = 0; i < 1000; i++)
        {
            offer(handle, i);
        }
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(5))).isTrue();
        assertAllAckedOnceInOrder(1000);
        assertLogHolds(1000);
        assertThat(cluster.broker(1).produces.get(0).count()).isEqualTo(1);
        assertThat(cluster.broker(1).produces).hasSizeLessThan(10);
    }

    @Test
    void shouldGatherWhatIsOfferedWithinTheLinger()
    {
        final long lingerNs = 20 * ScriptedCluster.TURN_NS;
        final int handle = connect(context().lingerNs(lingerNs));
        for (int i = 0; i < 10; i++)
        {
            offer(handle, i);
            turn();
        }
        assertThat(cluster.broker(1).produces).isEmpty();
        turnFor(lingerNs);
        assertThat(cluster.broker(1).produces).hasSize(1);
        assertThat(cluster.broker(1).produces.get(0).count()).isEqualTo(10);
        assertAllAckedOnceInOrder(10);
    }

    @Test
    void aFullBatchShouldNotLinger()
    {
        final int handle = connect(context().lingerNs(TimeUnit.SECONDS.toNanos(1)).batchBytes(1024));
        for (int i = 0; i < 100; i++)
        {
            offer(handle, i);
        }
        turnFor(20 * ScriptedCluster.TURN_NS);
        assertThat(cluster.broker(1).produces).isNotEmpty();
        assertThat(producer.unacknowledged()).isBetween(1L, 99L);
        turnFor(TimeUnit.SECONDS.toNanos(1));
        assertAllAckedOnceInOrder(100);
    }

    @Test
    void aFlushShouldNotLinger()
    {
        final int handle = connect(context().lingerNs(TimeUnit.SECONDS.toNanos(10)));
        offer(handle, 0);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(1))).isTrue();
        offer(handle, 1);
        turnFor(TimeUnit.SECONDS.toNanos(1));
        assertAllAckedOnceInOrder(1);
    }

    @Test
    void whatIsSentAgainShouldNotLinger()
    {
        final int handle = connect(context().lingerNs(TimeUnit.SECONDS.toNanos(10)));
        cluster.broker(1).dropAcks = 1;
        offer(handle, 0);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(5))).isTrue();
        assertThat(cluster.broker(1).produces).hasSize(2);
        assertAllAckedOnceInOrder(1);
    }

    @Test
    void aLingerBeyondTheDeliveryTimeoutShouldBeRefused()
    {
        assertThatThrownBy(() -> connect(context().deliveryTimeoutNs(1_000).lingerNs(1_000)))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("lingerNs 1000")
            .hasMessageContaining("deliveryTimeoutNs 1000");
    }

    @Test
    void samplesShouldNotGrowInNumberBeyondTheFullRate()
    {
        final int sampling = 640;
        final int records = 100_000;
        final int handle = connect(context().stageSampling(sampling).batchBytes(24 * sampling));
        final long startNs = cluster.nowNs;
        for (int i = 0; i < records; i++)
        {
            offer(handle, i);
        }
        final long elapsedNs = cluster.nowNs - startNs;
        final long atFullRate = ProducerStages.FULL_RATE * elapsedNs / TimeUnit.SECONDS.toNanos(1) / sampling;
        assertThat(atFullRate).as("of %d us", elapsedNs / 1000).isBetween(3L, records / sampling / 2L);

        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(5))).isTrue();
        final long sampled = cluster.log(0).batches.stream().filter(
            (batch) -> BatchDescriptor.isSampled(new UnsafeBuffer(batch), 0)).count();
        assertThat(sampled).isBetween(atFullRate / 2, atFullRate + 1);
    }

    @Test
    void r6_5_orderHoldsWhenFramesAndAnswersAreLost()
    {
        final int handle = connect(context());
        for (int i = 0; i < 200; i++)
        {
            offer(handle, i);
            if (i % 20 == 3)
            {
                cluster.broker(1).dropProduces = 1;
            }
            if (i % 30 == 7)
            {
                cluster.broker(1).dropAcks = 2;
            }
            turn();
        }
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(20))).isTrue();
        assertAllAckedOnceInOrder(200);
        assertLogHolds(200);
    }

    @Test
    void r6_3_retriesCarryTheSameSequences()
    {
        final int handle = connect(context());
        cluster.broker(1).dropAcks = 1;
        offer(handle, 0);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(5))).isTrue();
        assertThat(cluster.broker(1).produces).hasSize(2);
        assertThat(cluster.broker(1).produces.get(1)).isEqualTo(cluster.broker(1).produces.get(0));
        assertAllAckedOnceInOrder(1);
        assertLogHolds(1);
    }

    @Test
    void shouldTellDuplicatedAnswersOnce()
    {
        cluster.broker(1).duplicatesAcks = true;
        final int handle = connect(context());
        for (int i = 0; i < 50; i++)
        {
            offer(handle, i);
            turn();
        }
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(5))).isTrue();
        assertAllAckedOnceInOrder(50);
    }

    @Test
    void shouldResendEverythingInFlightInOrderToTheNewLeader()
    {
        final int handle = connect(context());
        cluster.broker(1).holdsAcks = true;
        for (int i = 0; i < 8; i++)
        {
            offer(handle, i);
            turn();
        }
        assertThat(cluster.broker(1).produces).hasSize(5);
        cluster.broker(1).kill();
        cluster.elect(0, 2);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(5))).isTrue();
        assertAllAckedOnceInOrder(8);
        assertLogHolds(8);
        assertThat(cluster.broker(2).produces.get(0).fromSequence()).isZero();
        assertThat(cluster.broker(2).produces.get(0).leaderEpoch()).isEqualTo(2);
    }

    @Test
    void shouldFollowNotLeaderToTheLeaderOfTheMetadata()
    {
        final int handle = connect(context());
        // The metadata is new, but nobody pushes it.
        cluster.leaders.get(0)[0] = 3;
        cluster.leaders.get(0)[1]++;
        cluster.version++;
        offer(handle, 0);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(2))).isTrue();
        assertThat(cluster.broker(3).produces).hasSize(1);
        assertAllAckedOnceInOrder(1);
    }

    @Test
    void shouldOutliveABrokerThatReturnsWithTheSameLeadership()
    {
        final int handle = connect(context());
        offer(handle, 0);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(2))).isTrue();
        cluster.broker(1).kill();
        offer(handle, 1);
        turnFor(TimeUnit.SECONDS.toNanos(1));
        cluster.broker(1).start();
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(10))).isTrue();
        assertAllAckedOnceInOrder(2);
    }

    @Test
    void shouldReconnectToABrokerThatForgotTheClient()
    {
        final int handle = connect(context());
        cluster.broker(1).ignoresClients = true;
        cluster.broker(1).dropProduces = 1_000;
        offer(handle, 0);
        turnFor(TimeUnit.SECONDS.toNanos(6));
        assertThat(events).isEmpty();
        cluster.broker(1).ignoresClients = false;
        cluster.broker(1).dropProduces = 0;
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(10))).isTrue();
        assertAllAckedOnceInOrder(1);
    }

    @Test
    void shouldReportAnUnknownOutcomeWhenAnswersNeverCome()
    {
        final int handle = connect(context().deliveryTimeoutNs(TimeUnit.SECONDS.toNanos(3)));
        cluster.broker(1).dropAcks = Integer.MAX_VALUE;
        offer(handle, 0);
        turnFor(TimeUnit.SECONDS.toNanos(4));
        assertThat(events).containsExactly(new Event(false, 0, 0, -1, Codes.TIMED_OUT));
        assertThat(Producer.isUnknown(Codes.TIMED_OUT)).isTrue();
    }

    @Test
    void r6_3_aHoleInTheSequencesIsClosedByANewProducerEpoch()
    {
        final int handle = connect(context().deliveryTimeoutNs(TimeUnit.SECONDS.toNanos(2)));
        offer(handle, 0);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(2))).isTrue();
        cluster.broker(1).dropProduces = Integer.MAX_VALUE;
        offer(handle, 1);
        turnFor(TimeUnit.SECONDS.toNanos(3));
        cluster.broker(1).dropProduces = 0;
        offer(handle, 2);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(2))).isTrue();
        assertThat(events).extracting(Event::isAck).containsExactly(true, false, true);
        final ScriptedBroker.Received last = cluster.broker(1).produces.get(cluster.broker(1).produces.size() - 1);
        assertThat(last.producerEpoch()).isEqualTo(1);
        assertThat(last.baseSequence()).isZero();
        assertThat(last.fromSequence()).isEqualTo(2);
    }

    @Test
    void r6_2_notEnoughReplicasIsRetried()
    {
        final int handle = connect(context());
        cluster.broker(1).refusals.add(Codes.NOT_ENOUGH_REPLICAS);
        cluster.broker(1).refusals.add(Codes.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        offer(handle, 0);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(5))).isTrue();
        assertAllAckedOnceInOrder(1);
    }

    @Test
    void r6_2_notEnoughReplicasIsADefiniteFailureInTheEnd()
    {
        final int handle = connect(context().deliveryTimeoutNs(TimeUnit.SECONDS.toNanos(2)));
        cluster.broker(1).refuseAllWith = Codes.NOT_ENOUGH_REPLICAS;
        offer(handle, 0);
        turnFor(TimeUnit.SECONDS.toNanos(3));
        assertThat(events).containsExactly(new Event(false, 0, 0, -1, Codes.NOT_ENOUGH_REPLICAS));
        cluster.broker(1).refuseAllWith = 0;
        offer(handle, 1);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(2))).isTrue();
        assertThat(events.get(1).isAck()).isTrue();
    }

    /** Dense seed 408660 (H2): refusals that came twice outnumbered the attempts, of which the first was in the log. */
    @Test
    void r6_2_aRefusalThatComesTwiceMakesNoEarlierAttemptDefinite()
    {
        final int handle = connect(context().deliveryTimeoutNs(TimeUnit.SECONDS.toNanos(3)));
        cluster.broker(1).dropAcks = 1;
        offer(handle, 0);
        turn();
        cluster.broker(1).duplicatesAcks = true;
        cluster.broker(1).refuseAllWith = Codes.NOT_ENOUGH_REPLICAS;
        turnFor(TimeUnit.SECONDS.toNanos(4));
        assertThat(cluster.broker(1).produces).hasSizeGreaterThan(1);
        assertThat(events).containsExactly(new Event(false, 0, 0, -1, Codes.TIMED_OUT));
        assertLogHolds(1);
    }

    @Test
    void shouldFailDefinitelyWhatNeverLeft()
    {
        final int handle = connect(context().deliveryTimeoutNs(TimeUnit.SECONDS.toNanos(2)));
        cluster.elect(0, -1);
        turnFor(TimeUnit.MILLISECONDS.toNanos(10));
        offer(handle, 0);
        turnFor(TimeUnit.SECONDS.toNanos(3));
        assertThat(events).containsExactly(new Event(false, 0, 0, -1, Codes.NOT_CONNECTED));
        cluster.elect(0, 2);
        offer(handle, 1);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(2))).isTrue();
        assertThat(cluster.broker(2).produces.get(0).baseSequence()).isZero();
    }

    @Test
    void r6_3_aFencedProducerStops()
    {
        final int handle = connect(context());
        cluster.broker(1).refuseAllWith = Codes.INVALID_PRODUCER_EPOCH;
        offer(handle, 0);
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        assertThat(events).containsExactly(new Event(false, 0, 0, -1, Codes.INVALID_PRODUCER_EPOCH));
        assertThat(producer.offer(handle, value, 0, 16)).isEqualTo(Codes.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void aPlainProducerSendsNothingTwice()
    {
        final int handle = connect(context().idempotent(false).deliveryTimeoutNs(TimeUnit.SECONDS.toNanos(2)));
        cluster.broker(1).dropAcks = 1;
        offer(handle, 0);
        turnFor(TimeUnit.SECONDS.toNanos(3));
        assertThat(cluster.broker(1).produces).hasSize(1);
        assertThat(events).containsExactly(new Event(false, 0, 0, -1, Codes.TIMED_OUT));
        offer(handle, 1);
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(2))).isTrue();
        assertThat(events.get(1).isAck()).isTrue();
    }

    @Test
    void r6_1_acksNoneIsDoneWhenSent()
    {
        final int handle = connect(context().acks(Acks.NONE));
        for (int i = 0; i < 10; i++)
        {
            offer(handle, i);
        }
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(1))).isTrue();
        assertThat(events).allMatch((event) -> event.isAck() && event.offset() == -1);
        turn();
        assertLogHolds(10);
    }

    @Test
    void shouldBackPressureInsteadOfGrowing()
    {
        final int handle = connect(context().maxBatchBytes(256).waitingBatches(2));
        cluster.broker(1).holdsAcks = true;
        int accepted = 0;
        while (producer.offer(handle, value, 0, 16) >= 0)
        {
            accepted++;
            turn();
        }
        assertThat(producer.offer(handle, value, 0, 16)).isEqualTo(Codes.BACK_PRESSURED);
        assertThat(accepted).isLessThan(50);
        cluster.broker(1).releaseAcks();
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(2))).isTrue();
        assertAllAckedOnceInOrder(accepted);
    }

    @Test
    void aRecordBeyondItsBufferShouldLeaveNothingInTheBatch()
    {
        final int handle = connect(context());
        offer(handle, 0);
        // One batch is under way now: what is offered next waits in the same one.
        offer(handle, 1);
        assertThatThrownBy(() -> producer.offer(handle, value, 8, 16)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> producer.offer(handle, value, 8, 16, value, 0, 16))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> producer.offer(handle, value, 0, -5))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("-5");
        assertThatThrownBy(() -> producer.tryClaim(handle, -1, new RecordClaim()))
            .isInstanceOf(IllegalArgumentException.class);
        for (int i = 2; i < 20; i++)
        {
            offer(handle, i);
        }
        turnFor(TimeUnit.SECONDS.toNanos(1));

        assertThat(producer.unacknowledged()).isZero();
        assertThat(events).allMatch(Event::isAck);
        assertLogHolds(20);
    }

    @Test
    void shouldRefuseWhatIsTooLargeUnknownOrClosed()
    {
        final int handle = connect(context().maxBatchBytes(1024));
        final UnsafeBuffer large = new UnsafeBuffer(new byte[2048]);
        assertThat(producer.offer(handle, large, 0, 2048)).isEqualTo(Codes.RECORD_TOO_LARGE);
        assertThat(producer.offer(handle, large, 0, 1024 - 64 - 16)).isZero();
        assertThat(producer.offer(99, value, 0, 16)).isEqualTo(Codes.UNKNOWN_PARTITION);
        assertThatThrownBy(() -> producer.handle(ScriptedCluster.TOPIC, 2))
            .isInstanceOf(ClientException.class)
            .hasMessageContaining("UNKNOWN_PARTITION").hasMessageContaining("orders").hasMessageContaining("2");
        assertThatThrownBy(() -> producer.handle("nothing", 0))
            .isInstanceOf(ClientException.class)
            .hasMessageContaining("UNKNOWN_TOPIC").hasMessageContaining("nothing");
        producer.close();
        assertThat(producer.offer(handle, value, 0, 16)).isEqualTo(Codes.CLOSED);
        assertThatThrownBy(() -> producer.handle("other", 0)).hasMessageContaining("CLOSED");
    }

    @Test
    void shouldIgnoreMetadataThatIsOlder()
    {
        connect(context());
        final long before = producer.metadata().version();
        cluster.elect(0, 2);
        turn();
        cluster.leaders.get(0)[0] = 3;
        cluster.broker(3).pushMetadata(before);
        turn();
        assertThat(producer.metadata().version()).isEqualTo(before + 1);
        assertThat(producer.metadata().topics().get(0).partitions().get(0).leader()).isEqualTo(2);
    }

    @Test
    void shouldWriteAClaimInPlaceAndTakeAnAbortedOneBack()
    {
        final int handle = connect(context());
        final RecordClaim claim = new RecordClaim();
        assertThat(producer.tryClaim(handle, 8, claim)).isZero();
        claim.buffer().putLong(claim.offset(), 0);
        assertThat(producer.offer(handle, value, 0, 16)).isEqualTo(Codes.BACK_PRESSURED);
        claim.commit();
        assertThat(producer.tryClaim(handle, 8, claim)).isEqualTo(1);
        claim.abort();
        assertThat(producer.tryClaim(handle, 8, claim)).isEqualTo(1);
        claim.buffer().putLong(claim.offset(), 1);
        claim.commit();
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(1))).isTrue();
        assertAllAckedOnceInOrder(2);
        assertLogHolds(2);
    }

    @Test
    void shouldCompleteFuturesWithTheirOffsets() throws Exception
    {
        connect(context());
        final List<CompletableFuture<RecordMetadata>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++)
        {
            futures.add(producer.send(ScriptedCluster.TOPIC, 1, new byte[]{1}, new byte[]{2, 3}));
        }
        for (int i = 0; i < 20; i++)
        {
            assertThat(futures.get(i).get()).isEqualTo(new RecordMetadata(ScriptedCluster.TOPIC, 1, i, i, 1));
        }
        assertThat(producer.send(ScriptedCluster.TOPIC, 9, null, new byte[1])).isCompletedExceptionally();
    }

    @Test
    void shouldSpreadKeysAsKafkaDoes()
    {
        final UnsafeBuffer key = new UnsafeBuffer("foobar".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(KeyHash.murmur2(key, 0, 6)).isEqualTo(-790332482);
        final UnsafeBuffer shorter = new UnsafeBuffer("21".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(KeyHash.murmur2(shorter, 0, 2)).isEqualTo(-973932308);
    }
}
