package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchBuilder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class ConsumerTest
{
    private final ScriptedCluster cluster = new ScriptedCluster(3, 1);
    private final List<Long> offsets = new ArrayList<>();
    private final List<String> news = new ArrayList<>();
    private final RecordHandler collect =
        (handle, offset, epoch, timestampNs, buffer, keyOffset, keyLength, valueOffset, valueLength) ->
        {
            assertThat(buffer.getLong(valueOffset)).isEqualTo(offset);
            offsets.add(offset);
        };
    private Consumer consumer;

    @AfterEach
    void close()
    {
        if (consumer != null)
        {
            consumer.close();
        }
    }

    private int connect(final Consumer.Context context)
    {
        consumer = Consumer.connect(cluster.configure(context));
        for (int i = 0; i < 50; i++)
        {
            turn();
        }
        return consumer.assign(ScriptedCluster.TOPIC, 0);
    }

    private int turn()
    {
        cluster.turn();
        return consumer.poll(collect, 1000);
    }

    private void turnFor(final long timeNs)
    {
        final long endNs = cluster.nowNs + timeNs;
        while (cluster.nowNs < endNs)
        {
            turn();
        }
    }

    /** Batches of five records; the value of each is its offset. */
    private void append(final int batches)
    {
        append(batches, 5);
    }

    private void append(final int batches, final int records)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[4096]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
        final BatchBuilder builder = new BatchBuilder();
        for (int i = 0; i < batches; i++)
        {
            builder.wrap(buffer, 0, buffer.capacity());
            for (int j = 0; j < records; j++)
            {
                value.putLong(0, cluster.log(0).end + j);
                builder.append(value, 0, 64, cluster.nowNs);
            }
            final byte[] bytes = Arrays.copyOf(buffer.byteArray(), builder.finish());
            cluster.log(0).append(bytes, PartitionKey.of(ScriptedCluster.TOPIC_ID, 0), cluster.leaderEpoch(0));
        }
    }

    private void assertRead(final long from, final long to)
    {
        assertThat(offsets).hasSize((int)(to - from));
        for (int i = 0; i < offsets.size(); i++)
        {
            assertThat(offsets.get(i)).isEqualTo(from + i);
        }
    }

    @Test
    void shouldReadFromTheBeginningAndGoOnAtTheEnd()
    {
        append(20);
        final int handle = connect(new Consumer.Context());
        assertThat(consumer.position(handle)).isEqualTo(-1);
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        assertRead(0, 100);
        append(1);
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        assertRead(0, 105);
        assertThat(consumer.position(handle)).isEqualTo(105);
        assertThat(consumer.highWatermark(handle)).isEqualTo(105);
        assertThat(consumer.servedBy(handle)).isEqualTo(1);
    }

    @Test
    void shouldSeekToEndBeginningAndAnOffsetWithinABatch()
    {
        append(10);
        final int handle = connect(new Consumer.Context());
        consumer.seekToEnd(handle);
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        assertThat(consumer.position(handle)).isEqualTo(50);
        assertThat(offsets).isEmpty();
        consumer.seek(handle, 43);
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        assertRead(43, 50);
        offsets.clear();
        consumer.seekToBeginning(handle);
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        assertRead(0, 50);
    }

    @Test
    void h6_lostFramesAreFetchedAgain()
    {
        append(10);
        connect(new Consumer.Context());
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        append(10);
        cluster.broker(1).dropDelivers = 3;
        turnFor(TimeUnit.MILLISECONDS.toNanos(100));
        assertRead(0, 100);
    }

    @Test
    void shouldStopWithinABatchAtTheLimit()
    {
        append(4);
        connect(new Consumer.Context());
        for (int i = 0; i < 40 && offsets.size() < 20; i++)
        {
            cluster.turn();
            final int before = offsets.size();
            final int count = consumer.poll(collect, 3);
            assertThat(count).isEqualTo(offsets.size() - before).isLessThanOrEqualTo(3);
        }
        assertRead(0, 20);
    }

    @Test
    void shouldRenewItsCredit()
    {
        append(4000);
        connect(new Consumer.Context().creditBytes(256 * 1024));
        turnFor(TimeUnit.MILLISECONDS.toNanos(500));
        assertRead(0, 20_000);
        assertThat(cluster.broker(1).fetches).hasSizeBetween(5, 50);
        assertThat(cluster.broker(1).fetches.stream().map(ScriptedBroker.FetchReceived::fetchId).distinct()).hasSize(1);
    }

    @Test
    void shouldGoOnAtTheNewLeaderFromItsPosition()
    {
        append(10);
        connect(new Consumer.Context());
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        cluster.broker(1).kill();
        cluster.elect(0, 3);
        append(10);
        turnFor(TimeUnit.MILLISECONDS.toNanos(100));
        assertRead(0, 100);
        final ScriptedBroker.FetchReceived fetch = cluster.broker(3).fetches.get(0);
        assertThat(fetch.offset()).isEqualTo(50);
        assertThat(fetch.leaderEpoch()).isEqualTo(2);
        assertThat(fetch.lastEpoch()).isEqualTo(1);
    }

    @Test
    void r7_2_shouldReadFromAFollowerWhileItIsInSyncAndElseFromTheLeader()
    {
        append(10);
        final int handle = connect(new Consumer.Context().readFrom(ReadFrom.broker(2)));
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        assertThat(consumer.servedBy(handle)).isEqualTo(2);
        assertThat(cluster.broker(2).fetches.get(0).fromFollower()).isEqualTo(1);
        cluster.outOfSync.add(2);
        cluster.version++;
        cluster.brokers.forEach(ScriptedBroker::pushMetadata);
        append(10);
        turnFor(TimeUnit.MILLISECONDS.toNanos(50));
        assertThat(consumer.servedBy(handle)).isEqualTo(1);
        assertRead(0, 100);
    }

    @Test
    void r7_2_nearestIsTheSameRack()
    {
        append(1);
        final int handle = connect(new Consumer.Context().readFrom(ReadFrom.NEAREST).rack("rack3"));
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        assertThat(consumer.servedBy(handle)).isEqualTo(3);
        assertRead(0, 5);
    }

    @Test
    void shouldFallBackToTheLeaderWhenAFollowerRefuses()
    {
        append(1);
        cluster.broker(2).fetchCode = Codes.NOT_REPLICA;
        final int handle = connect(new Consumer.Context().readFrom(ReadFrom.broker(2)));
        turnFor(TimeUnit.MILLISECONDS.toNanos(200));
        assertThat(consumer.servedBy(handle)).isEqualTo(1);
        assertRead(0, 5);
    }

    @Test
    void r7_1_divergenceIsToldWithEpochAndEnd()
    {
        append(10);
        final int handle = connect(new Consumer.Context());
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        cluster.broker(2).fetchCode = Codes.DIVERGED;
        cluster.broker(2).fetchedStart = 30;
        cluster.broker(2).fetchedEpoch = 1;
        cluster.elect(0, 2);
        assertThatThrownBy(() -> turnFor(TimeUnit.MILLISECONDS.toNanos(50)))
            .isInstanceOf(ClientException.class)
            .hasMessageContaining("DIVERGED").hasMessageContaining("30").hasMessageContaining("epoch 1")
            .hasMessageContaining("50");
        assertThat(consumer.position(handle)).isEqualTo(50);
        turnFor(TimeUnit.MILLISECONDS.toNanos(50));
        assertThat(consumer.position(handle)).as("never reset silently").isEqualTo(50);
        cluster.broker(2).fetchCode = 0;
        offsets.clear();
        consumer.seek(handle, 30);
        turnFor(TimeUnit.MILLISECONDS.toNanos(50));
        assertRead(30, 50);
    }

    @Test
    void shouldTellAListenerOfAPositionOutsideTheLog()
    {
        append(2);
        final int handle = connect(new Consumer.Context().listener(new ConsumerListener()
        {
            @Override
            public void onDiverged(final int handle, final long position, final int epoch, final long endOffset)
            {
                news.add("diverged");
            }

            @Override
            public void onOutOfRange(final int handle, final long position, final long logStart, final long highWatermark)
            {
                news.add("out of range " + position + " " + logStart + " " + highWatermark);
                consumer.seek(handle, highWatermark);
            }
        }));
        consumer.seek(handle, 500);
        turnFor(TimeUnit.MILLISECONDS.toNanos(50));
        assertThat(news).containsExactly("out of range 500 0 10");
        assertThat(consumer.position(handle)).isEqualTo(10);
        append(1);
        turnFor(TimeUnit.MILLISECONDS.toNanos(50));
        assertRead(10, 15);
    }

    @Test
    void shouldNotTakeFramesOfAnOlderEpoch()
    {
        append(2);
        connect(new Consumer.Context());
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        cluster.broker(1).deliverEpochOffset = -1;
        append(2);
        turnFor(TimeUnit.MILLISECONDS.toNanos(50));
        assertRead(0, 10);
        cluster.broker(1).deliverEpochOffset = 0;
        turnFor(TimeUnit.MILLISECONDS.toNanos(50));
        assertRead(0, 20);
    }

    @Test
    void shouldFetchADamagedBatchAgainAndGiveUpWhenItStaysDamaged()
    {
        append(2);
        cluster.log(0).batches.get(1)[100] ^= 1;
        connect(new Consumer.Context());
        assertThatThrownBy(() -> turnFor(TimeUnit.MILLISECONDS.toNanos(500)))
            .isInstanceOf(ClientException.class).hasMessageContaining("CORRUPT_BATCH");
        assertRead(0, 5);
    }

    /** The simulator's seed 15: one flipped bit of a base offset, and the batch before had just been checked. */
    @Test
    void shouldNotTakeADamagedBatchForTheOneBeforeItThatWasSound()
    {
        append(1, 1);
        append(1);
        cluster.log(0).batches.get(1)[0] ^= 1;
        connect(new Consumer.Context());
        assertThatThrownBy(() -> turnFor(TimeUnit.MILLISECONDS.toNanos(500)))
            .isInstanceOf(ClientException.class).hasMessageContaining("CORRUPT_BATCH");
        assertRead(0, 1);
    }

    @Test
    void shouldPauseAndResumeWithoutLossOrRepetition()
    {
        append(2);
        final int handle = connect(new Consumer.Context());
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        consumer.pause(handle);
        append(2);
        turnFor(TimeUnit.MILLISECONDS.toNanos(50));
        assertRead(0, 10);
        consumer.resume(handle);
        turnFor(TimeUnit.MILLISECONDS.toNanos(50));
        assertRead(0, 20);
    }

    @Test
    void shouldHandARecordOutAgainWhenTheHandlerThrew()
    {
        append(1);
        connect(new Consumer.Context());
        final RecordHandler failing = (handle, offset, epoch, timestampNs, buffer, ko, kl, vo, vl) ->
        {
            throw new IllegalStateException("handler");
        };
        assertThatThrownBy(() ->
        {
            while (true)
            {
                cluster.turn();
                consumer.poll(failing, 10);
            }
        }).hasMessage("handler");
        turnFor(TimeUnit.MILLISECONDS.toNanos(50));
        assertRead(0, 5);
    }

    @Test
    void shouldCommitUnderItsGroup()
    {
        append(2);
        final int handle = connect(new Consumer.Context().group("billing"));
        assertThat(consumer.committed(handle)).isEqualTo(-1);
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        consumer.commit(handle);
        assertThat(consumer.committed(handle)).isEqualTo(10);
    }

    @Test
    void shouldNotCommitAPositionItDoesNotKnow()
    {
        append(1);
        final int handle = connect(new Consumer.Context().group("billing"));
        assertThatThrownBy(() -> consumer.commit(handle))
            .isInstanceOf(ClientException.class).hasMessageContaining("not known yet: poll first");
        assertThat(consumer.committed(handle)).isEqualTo(-1);
    }

    @Test
    void shouldRefuseAnOffsetBelowZero()
    {
        append(1);
        final int handle = connect(new Consumer.Context().group("billing"));
        assertThatThrownBy(() -> consumer.commit(handle, -1))
            .isInstanceOf(IllegalArgumentException.class).hasMessage("offset -1 is below 0");
        assertThatThrownBy(() -> consumer.seek(handle, -1))
            .isInstanceOf(IllegalArgumentException.class).hasMessage("offset -1 is below 0");
        assertThat(consumer.committed(handle)).isEqualTo(-1);
    }

    @Test
    void shouldGoOnAtWhatItsGroupCommittedOnlyWhenSoughtThere()
    {
        append(2);
        final int handle = connect(new Consumer.Context().group("billing"));
        consumer.commit(handle, 7);
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        assertRead(0, 10);
        offsets.clear();
        consumer.seek(handle, consumer.committed(handle));
        turnFor(TimeUnit.MILLISECONDS.toNanos(20));
        assertRead(7, 10);
    }

    @Test
    void shouldSayWhenTheTopicWasDeletedOrTheConsumerIsClosed()
    {
        append(1);
        connect(new Consumer.Context());
        cluster.hasTopic = false;
        cluster.version++;
        cluster.brokers.forEach(ScriptedBroker::pushMetadata);
        assertThatThrownBy(() -> turnFor(TimeUnit.MILLISECONDS.toNanos(50))).hasMessageContaining("UNKNOWN_PARTITION");
        consumer.close();
        assertThatThrownBy(() -> consumer.poll(collect, 1)).hasMessageContaining("CLOSED");
    }
}
