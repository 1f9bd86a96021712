package io.syncline.broker;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** In virtual time. */
class FeedPaceTest
{
    private static final long MS = 1_000_000;
    private static final int BATCH_BYTES = 64_000;
    private static final int BATCH_RECORDS = 240;

    private final FeedPace pace = new FeedPace(16_000_000);
    private long nowNs = 1_000 * MS;
    private long highWatermarks = 5_000_000;

    @Test
    void shouldFeedAtAnySpeedWhereNothingIsCommitted()
    {
        fedIn(1, 0);
        nowNs += FeedPace.LIVE_NS;
        assertThat(fedIn(100, 0)).isEqualTo(100L * BATCH_BYTES);
    }

    @Test
    void shouldFeedAtItsRateWhileRecordsAreCommitted()
    {
        fedIn(10, 1);
        assertThat(fedIn(1_000, 1)).isBetween(15_000_000L, 17_000_000L);
    }

    @Test
    void shouldFeedTwiceWhatIsCommittedWhereThatIsMore()
    {
        fedIn(10, 80);
        final long records = fedIn(1_000, 80) / BATCH_BYTES * BATCH_RECORDS;
        assertThat(records).isBetween(155_000L, 175_000L);
    }

    @Test
    void shouldFeedAtAnySpeedAgainWhenCommitsHaveEnded()
    {
        fedIn(100, 1);
        nowNs += FeedPace.LIVE_NS + MS;
        assertThat(fedIn(100, 0)).isEqualTo(100L * BATCH_BYTES);
    }

    @Test
    void shouldNotOweWhatWasCommittedWhileNobodyWasFed()
    {
        fedIn(100, 1);
        nowNs += 60_000 * MS;
        highWatermarks += 10_000_000;
        fedIn(10, 1);
        assertThat(fedIn(1_000, 1)).isLessThan(17_000_000L);
    }

    @Test
    void shouldHaveNoPaceAtZero()
    {
        final FeedPace none = new FeedPace(0);
        none.onCommitted(1, nowNs);
        none.onFed(BATCH_BYTES, BATCH_RECORDS, nowNs);
        assertThat(none.mayFeed(nowNs)).isTrue();
    }

    /** One turn a millisecond, a batch at most in each. */
    private long fedIn(final int turns, final int commitsATurn)
    {
        long bytes = 0;
        for (int i = 0; i < turns; i++)
        {
            nowNs += MS;
            highWatermarks += commitsATurn;
            pace.onCommitted(highWatermarks, nowNs);
            if (pace.mayFeed(nowNs))
            {
                pace.onFed(BATCH_BYTES, BATCH_RECORDS, nowNs);
                bytes += BATCH_BYTES;
            }
        }
        return bytes;
    }
}
