package io.syncline.replica;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchFlyweight;
import io.syncline.record.BatchValidator;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.ByteBuffer;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every {@link ReplicaLog} does alike; one subclass for each implementation. */
@Timeout(60)
public abstract class ReplicaLogContract
{
    protected static final long KEY = PartitionKey.of(7, 3);

    protected ReplicaLog log;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final BatchFlyweight batch = new BatchFlyweight();

    /** @return an empty log of partition {@link #KEY}; batches to 64 KiB at least, 256 KiB at most */
    protected abstract ReplicaLog open();

    /** Gives it back. */
    protected abstract void close(ReplicaLog log);

    @BeforeEach
    void openLog()
    {
        log = open();
    }

    @AfterEach
    void closeLog()
    {
        close(log);
    }

    @Test
    void shouldBeEmptyAtFirst()
    {
        assertThat(log.logStart()).isZero();
        assertThat(log.logEnd()).isZero();
        assertThat(log.synced()).isZero();
        assertThat(log.lastEpoch()).isEqualTo(-1);
        assertThat(log.epochs().size()).isZero();
        assertThat(log.read(0, view)).isZero();
        assertThat(log.read(1, view)).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
        assertThat(log.read(-1, view)).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void shouldGiveALeadersBatchItsPlaceAndLeaveTheSourceAlone()
    {
        final UnsafeBuffer source = TestBatch.of(3, 20, 1);
        final byte[] before = source.byteArray().clone();

        assertThat(lead(source, 4)).isEqualTo(3);
        assertThat(lead(TestBatch.of(2, 20, 2), 4)).isEqualTo(5);

        assertThat(source.byteArray()).isEqualTo(before);
        assertBatch(0, 0, 3, 4);
        assertBatch(2, 0, 3, 4);
        assertBatch(3, 3, 2, 4);
        assertBatch(4, 3, 2, 4);
        assertThat(log.read(5, view)).isZero();
    }

    @Test
    void shouldTakeABatchFromAnyKindOfMemoryAtAnyPlace()
    {
        final UnsafeBuffer source = TestBatch.of(2, 33, 1);
        final UnsafeBuffer direct = new UnsafeBuffer(ByteBuffer.allocateDirect(1024));
        final UnsafeBuffer heap = new UnsafeBuffer(new byte[1024]);
        direct.putBytes(24, source, 0, source.capacity());
        heap.putBytes(13, source, 0, source.capacity());

        assertThat(log.appendAsLeader(direct, 24, source.capacity(), 1)).isEqualTo(2);
        assertThat(log.appendAsLeader(heap, 13, source.capacity(), 1)).isEqualTo(4);

        assertBatch(0, 0, 2, 1);
        assertBatch(2, 2, 2, 1);
    }

    @Test
    void shouldAppendALeadersBatchAsItIs()
    {
        final UnsafeBuffer first = TestBatch.stamped(TestBatch.of(3, 50, 1), KEY, 0, 2);
        final UnsafeBuffer second = TestBatch.stamped(TestBatch.of(1, 50, 2), KEY, 3, 5);

        assertThat(log.appendAsFollower(first, 0, first.capacity())).isEqualTo(3);
        assertThat(log.appendAsFollower(second, 0, second.capacity())).isEqualTo(4);

        assertThat(log.read(0, view)).isEqualTo(first.capacity());
        assertThat(view.compareTo(first)).isZero();
        assertThat(log.read(3, view)).isEqualTo(second.capacity());
        assertThat(view.compareTo(second)).isZero();
        assertThat(log.lastEpoch()).isEqualTo(5);
        assertThat(log.epochs().toString()).isEqualTo("{2@0, 5@3}");
    }

    @Test
    void shouldRefuseAGapAnOverlapAndAnOldEpoch()
    {
        lead(TestBatch.of(3, 10, 1), 4);
        final UnsafeBuffer gap = TestBatch.stamped(TestBatch.of(1, 10, 1), KEY, 4, 4);
        final UnsafeBuffer overlap = TestBatch.stamped(TestBatch.of(1, 10, 1), KEY, 2, 4);
        final UnsafeBuffer old = TestBatch.stamped(TestBatch.of(1, 10, 1), KEY, 3, 3);

        assertThat(log.appendAsFollower(gap, 0, gap.capacity())).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
        assertThat(log.appendAsFollower(overlap, 0, overlap.capacity())).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
        assertThat(log.appendAsFollower(old, 0, old.capacity())).isEqualTo(Codes.FENCED_LEADER_EPOCH);
        assertThat(lead(TestBatch.of(1, 10, 1), 3)).isEqualTo(Codes.FENCED_LEADER_EPOCH);
        assertThat(log.logEnd()).isEqualTo(3);
    }

    @Test
    void shouldRefuseWhatIsNoBatchOrTooLong()
    {
        final UnsafeBuffer good = TestBatch.of(1, 10, 1);
        final UnsafeBuffer large = TestBatch.of(1, 300 * 1024, 1);

        assertThat(log.appendAsLeader(good, 0, 32, 1)).isEqualTo(Codes.INVALID_BATCH);
        assertThat(log.appendAsLeader(good, 0, good.capacity() - 8, 1)).isEqualTo(Codes.INVALID_BATCH);
        assertThat(log.appendAsLeader(large, 0, large.capacity(), 1)).isEqualTo(Codes.RECORD_TOO_LARGE);
        assertThat(log.logEnd()).isZero();
        assertThat(lead(good, 1)).isEqualTo(1);
    }

    @Test
    void shouldReadForwardsBackwardsAndAnywhere()
    {
        final Random random = new Random(1);
        final long[] bases = new long[3001];
        for (int i = 0; i < 3000; i++)
        {
            bases[i + 1] = lead(TestBatch.of(1 + random.nextInt(5), random.nextInt(300), i), 1 + i / 1000);
        }
        for (int i = 0; i < 3000; i++)
        {
            assertBatch(bases[i], bases[i], (int)(bases[i + 1] - bases[i]), 1 + i / 1000);
        }
        for (int i = 2999; i >= 0; i--)
        {
            assertBatch(bases[i + 1] - 1, bases[i], (int)(bases[i + 1] - bases[i]), 1 + i / 1000);
        }
        for (int n = 0; n < 3000; n++)
        {
            final int i = random.nextInt(3000);
            assertBatch(bases[i], bases[i], (int)(bases[i + 1] - bases[i]), 1 + i / 1000);
        }
    }

    @Test
    void shouldServeSeveralReadersThatFollowTheEnd()
    {
        final long[] cursors = new long[5];
        for (int i = 0; i < 2000; i++)
        {
            lead(TestBatch.of(1, 100, i), 1);
            for (int c = 0; c < cursors.length; c++)
            {
                if (i % (c + 1) == 0 && cursors[c] < log.logEnd())
                {
                    assertBatch(cursors[c], cursors[c], 1, 1);
                    cursors[c]++;
                }
            }
        }
    }

    @Test
    void r1_6_shouldRememberAnEpochWithoutRecords()
    {
        lead(TestBatch.of(2, 10, 1), 1);
        log.startEpoch(3);

        assertThat(log.epochs().toString()).isEqualTo("{1@0, 3@2}");
        assertThat(log.lastEpoch()).isEqualTo(1);
        assertThat(lead(TestBatch.of(1, 10, 1), 2)).isEqualTo(Codes.FENCED_LEADER_EPOCH);
        assertThatThrownBy(() -> log.startEpoch(3)).isInstanceOf(IllegalStateException.class);

        log.startEpoch(4);
        assertThat(log.epochs().toString()).isEqualTo("{1@0, 4@2}");
        assertThat(lead(TestBatch.of(1, 10, 1), 4)).isEqualTo(3);
        assertThat(log.lastEpoch()).isEqualTo(4);
    }

    @Test
    void shouldDropTheTailAndGoOn()
    {
        for (int i = 0; i < 10; i++)
        {
            lead(TestBatch.of(2, 40, i), 1 + i / 5);
        }
        assertThat(log.truncateTo(14)).isEqualTo(14);

        assertThat(log.logEnd()).isEqualTo(14);
        assertThat(log.read(14, view)).isZero();
        assertThat(log.read(15, view)).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
        assertThat(log.lastEpoch()).isEqualTo(2);
        assertBatch(13, 12, 2, 2);

        assertThat(lead(TestBatch.of(3, 40, 99), 7)).isEqualTo(17);
        assertBatch(14, 14, 3, 7);
        assertBatch(13, 12, 2, 2);
        assertThat(log.epochs().toString()).isEqualTo("{1@0, 2@10, 7@14}");
    }

    @Test
    void shouldDropTheWholeBatchThatHoldsTheOffset()
    {
        lead(TestBatch.of(4, 40, 1), 1);
        lead(TestBatch.of(4, 40, 2), 2);

        assertThat(log.truncateTo(6)).isEqualTo(4);

        assertThat(log.logEnd()).isEqualTo(4);
        assertThat(log.epochs().toString()).isEqualTo("{1@0}");
        assertThat(log.lastEpoch()).isEqualTo(1);
    }

    @Test
    void shouldDropEverythingAndAnEmptyEpoch()
    {
        lead(TestBatch.of(4, 40, 1), 1);
        log.startEpoch(2);

        assertThat(log.truncateTo(4)).isEqualTo(4);
        assertThat(log.epochs().toString()).isEqualTo("{1@0}");
        assertThat(log.truncateTo(0)).isZero();
        assertThat(log.epochs().size()).isZero();
        assertThat(log.lastEpoch()).isEqualTo(-1);
        assertThat(log.read(0, view)).isZero();
        assertThat(lead(TestBatch.of(1, 40, 1), 1)).isEqualTo(1);
        assertBatch(0, 0, 1, 1);
        assertThatThrownBy(() -> log.truncateTo(2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldTruncateManyTimes()
    {
        final Random random = new Random(2);
        long end = 0;
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < 50; i++)
            {
                end = lead(TestBatch.of(1, random.nextInt(2000), i), round + 1);
            }
            final long to = end - random.nextInt(60);
            end = log.truncateTo(Math.max(0, to));
            assertThat(log.logEnd()).isEqualTo(Math.max(0, to));
            for (long offset = Math.max(0, end - 80); offset < end; offset++)
            {
                assertThat(log.read(offset, view)).isPositive();
                assertThat(batch.wrap(view, 0).baseOffset()).isEqualTo(offset);
                assertThat(batch.leaderEpoch()).isEqualTo(log.epochs().epochAt(offset));
            }
        }
    }

    @Test
    void r1_5_shouldStartAgainAtAnOffset()
    {
        lead(TestBatch.of(4, 40, 1), 1);
        log.restartAt(1000);

        assertThat(log.logStart()).isEqualTo(1000);
        assertThat(log.logEnd()).isEqualTo(1000);
        assertThat(log.lastEpoch()).isEqualTo(-1);
        assertThat(log.epochs().size()).isZero();
        assertThat(log.read(999, view)).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
        assertThat(log.read(1000, view)).isZero();

        final UnsafeBuffer next = TestBatch.stamped(TestBatch.of(2, 40, 1), KEY, 1000, 9);
        assertThat(log.appendAsFollower(next, 0, next.capacity())).isEqualTo(1002);
        assertBatch(1001, 1000, 2, 9);
        log.restartAt(5);
        assertThat(lead(TestBatch.of(1, 40, 1), 9)).isEqualTo(6);
        assertBatch(5, 5, 1, 9);
    }

    protected final long lead(final UnsafeBuffer source, final int epoch)
    {
        return log.appendAsLeader(source, 0, source.capacity(), epoch);
    }

    protected final void assertBatch(final long offset, final long base, final int count, final int epoch)
    {
        final int length = log.read(offset, view);
        assertThat(length).as("read(%d)", offset).isPositive();
        assertThat(BatchValidator.validateStored(view, 0, length, KEY)).isZero();
        batch.wrap(view, 0);
        assertThat(batch.baseOffset()).isEqualTo(base);
        assertThat(batch.count()).isEqualTo(count);
        assertThat(batch.leaderEpoch()).isEqualTo(epoch);
    }
}
