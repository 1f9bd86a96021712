package io.syncline.journal;

import io.syncline.replica.EpochHistory;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A log's owner on the test's thread, and the log keeper, over segments that are names alone. */
@Timeout(60)
class PretoucherTest
{
    private static final int KEY = 1;
    private static final int CAPACITY = JournalContext.SEGMENT_BYTES_MIN;

    private final SimDisk disk = new SimDisk(new Random(1)::nextInt);
    private final JournalContext context = SimJournal.context(
        disk, Path.of("/sim"), CAPACITY / 2, (step) -> {}, (error) ->
        {
            throw new AssertionError(error);
        });
    private final Names segments = new Names();
    private final LogState state = new LogState();
    private final Pretoucher pretoucher = open();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @Test
    void shouldReleaseWhatTheOwnerHasLeftAndNothingElse() throws IOException
    {
        final int first = state.segments().lastCycle();
        fill(first);
        final int second = pretoucher.nextCycle(1);
        pretoucher.doWork();
        assertThat(segments.released).as("nothing is in the next one yet").isEmpty();

        fill(second);
        pretoucher.doWork();
        assertThat(segments.released).containsExactly(first);
    }

    /**
     * A JVM ended with SIGSEGV: the keeper had read which segment is written to and waited for the lock, while the owner
     * left that one, let go of it, filled another and held the next. Repeated, for the owner must have the lock again
     * before the keeper is awake: without the rule seven of ten fail.
     */
    @RepeatedTest(20)
    void shouldNotReleaseTheSegmentOfAnOwnerThatWentOnWhileTheKeeperWaited() throws Exception
    {
        final int first = state.segments().lastCycle();
        fill(first);
        final int second = pretoucher.nextCycle(1);
        fill(second);

        final Thread keeper = new Thread(this::turn, "keeper");
        keeper.setDaemon(true);
        segments.onPrepare = () ->
        {
            // The owner holds the lock here.
            keeper.start();
            await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(1))
                .until(() -> keeper.getState() == Thread.State.WAITING);
        };
        final int third = pretoucher.nextCycle(1);
        fill(third);
        final int fourth = pretoucher.nextCycle(1);
        keeper.join(20_000);

        assertThat(keeper.isAlive()).isFalse();
        assertThat(failure.get()).isNull();
        assertThat(segments.released).as("the owner marks its end when it writes to " + fourth).doesNotContain(third);

        fill(fourth);
        pretoucher.doWork();
        assertThat(segments.released).containsExactlyInAnyOrder(first, second, third);
    }

    private Pretoucher open()
    {
        try
        {
            final Path directory = JournalLayout.partition(Path.of("/sim"), KEY);
            disk.createDirectory(directory);
            final Manifest manifest = Manifest.open(disk, directory, KEY);
            state.onLoaded(manifest.segments(), new EpochHistory(), 0, 0);
            return new Pretoucher(context, segments, manifest, state, (written, next) -> {});
        }
        catch (final IOException ex)
        {
            throw new AssertionError(ex);
        }
    }

    /** To the end of its mapping, so that the owner prepares the next one itself. */
    private void fill(final int cycle)
    {
        state.onAppended(cycle, 0, CAPACITY, 1, state.logEnd() + 1);
    }

    private void turn()
    {
        try
        {
            pretoucher.doWork();
        }
        catch (final Throwable ex)
        {
            failure.set(ex);
        }
    }

    private record Name(int cycle) implements SegmentStore.Prepared
    {
        @Override
        public long reservedTo()
        {
            return CAPACITY;
        }
    }

    private static final class Names implements SegmentStore
    {
        private final List<Integer> released = new ArrayList<>();
        private Runnable onPrepare = () -> {};

        @Override
        public long capacity()
        {
            return CAPACITY;
        }

        @Override
        public Prepared prepare(final int cycle, final long written)
        {
            final Runnable once = onPrepare;
            onPrepare = () -> {};
            once.run();
            return new Name(cycle);
        }

        @Override
        public boolean reserve(final Prepared prepared, final long upTo)
        {
            return false;
        }

        @Override
        public void leave(final Prepared prepared, final long from, final long to)
        {
        }

        @Override
        public void release(final Prepared prepared)
        {
            released.add(prepared.cycle());
        }

        @Override
        public void refresh()
        {
        }

        @Override
        public void roll(final int cycle)
        {
        }

        @Override
        public long append(
            final DirectBuffer buffer, final int offset, final int length,
            final long key, final long baseOffset, final int leaderEpoch)
        {
            throw new AssertionError("nothing is written here");
        }

        @Override
        public void close()
        {
        }
    }
}
