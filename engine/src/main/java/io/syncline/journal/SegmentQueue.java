package io.syncline.journal;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.MappedBytes;
import net.openhft.chronicle.bytes.MappedBytesStore;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.core.io.ReferenceOwner;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueStore;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

import io.syncline.record.BatchFlyweight;

import java.io.IOException;
import java.nio.file.Path;

/** The writing side of one partition's Chronicle queue. */
final class SegmentQueue implements SegmentStore
{
    /** What Chronicle may put between two batches: an index page, and padding. */
    static final int CHRONICLE_SLACK = 64 * 1024;

    private static final int PAGE_BYTES = 4096;
    private static final long LOCK_TIMEOUT_MS = 500;

    static
    {
        // Before the first class of Chronicle's that reads them; whoever set them otherwise wins.
        setIfAbsent("chronicle.analytics.disable");
        setIfAbsent("chronicle.announcer.disable");
        setIfAbsent("chronicle.disk.monitor.disable");
        setIfAbsent("disable.perf.info");
        if (System.getProperty("background.releaser") == null)
        {
            // Maps and files are closed by who closes them, not by a thread that nobody owns.
            System.setProperty("background.releaser", "false");
        }
    }

    /** A segment file, mapped. */
    private static final class Mapped implements Prepared
    {
        private final int cycle;
        private final SingleChronicleQueueStore store;
        private final MappedBytes bytes;
        private final MappedBytesStore mapping;
        private final ReferenceOwner owner;
        private final long address;
        private long touchedTo;

        private Mapped(final int cycle, final SingleChronicleQueueStore store) throws IOException
        {
            this.cycle = cycle;
            this.store = store;
            owner = ReferenceOwner.temporary("segment " + cycle);
            bytes = store.bytes();
            mapping = bytes.mappedFile().acquireByteStore(owner, 0);
            address = mapping.addressForWrite(0);
        }

        @Override
        public int cycle()
        {
            return cycle;
        }

        @Override
        public long touchedTo()
        {
            return touchedTo;
        }
    }

    private final SegmentCycle cycle;
    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private final UnsafeBuffer excerpt = new UnsafeBuffer(0, 0);
    private final long blockBytes;

    /**
     * @param directory  of the partition
     * @param blockBytes length of a segment's one mapping
     * @param first      cycle to write to; its file is made when there is none
     */
    SegmentQueue(final Path directory, final long blockBytes, final int first)
    {
        cycle = new SegmentCycle(first);
        this.blockBytes = blockBytes;
        queue = SingleChronicleQueueBuilder.binary(directory)
            .rollCycle(cycle)
            .blockSize(blockBytes)
            .timeoutMS(LOCK_TIMEOUT_MS)
            .syncMode(SyncMode.NONE)
            .checkInterrupts(false)
            .build();
        appender = queue.createAppender();
        appender.singleThreadedCheckDisabled(true);
    }

    @Override
    public long capacity()
    {
        return blockBytes - CHRONICLE_SLACK;
    }

    @Override
    public Prepared prepare(final int nextCycle) throws IOException
    {
        final SingleChronicleQueueStore store = queue.storeForCycle(nextCycle, 0, true, null);
        store.singleThreadedCheckDisabled(true);
        return new Mapped(nextCycle, store);
    }

    @Override
    public int touch(final Prepared segment, final long upTo)
    {
        final Mapped prepared = (Mapped)segment;
        final long limit = Math.min(upTo, blockBytes);
        int pages = 0;
        while (prepared.touchedTo < limit)
        {
            // Writes the page without changing it, whatever the owner does to it meanwhile.
            UnsafeApi.compareAndSetLong(null, prepared.address + prepared.touchedTo, 0L, 0L);
            prepared.touchedTo += PAGE_BYTES;
            pages++;
        }
        return pages;
    }

    @Override
    public void release(final Prepared segment)
    {
        final Mapped prepared = (Mapped)segment;
        prepared.mapping.release(prepared.owner);
        prepared.bytes.releaseLast();
        queue.closeStore(prepared.store);
    }

    @Override
    public void refresh()
    {
        queue.refreshDirectoryListing();
    }

    @Override
    public void roll(final int nextCycle)
    {
        cycle.current(nextCycle);
    }

    @Override
    public long append(
        final DirectBuffer buffer, final int offset, final int length,
        final long key, final long baseOffset, final int leaderEpoch)
    {
        final DocumentContext context = appender.writingDocument(false);
        try
        {
            final Bytes<?> bytes = context.wire().bytes();
            final long position = bytes.writePosition();
            excerpt.wrap(bytes.addressForWrite(position), SegmentFile.PREFIX_LENGTH + length);
            excerpt.putInt(0, 0);
            excerpt.putBytes(SegmentFile.PREFIX_LENGTH, buffer, offset, length);
            if (baseOffset >= 0)
            {
                BatchFlyweight.stampLeader(excerpt, SegmentFile.PREFIX_LENGTH, key, baseOffset, leaderEpoch);
            }
            bytes.writeSkip(SegmentFile.PREFIX_LENGTH + length);
            return position - Integer.BYTES;
        }
        catch (final Throwable ex)
        {
            context.rollbackOnClose();
            throw ex;
        }
        finally
        {
            context.close();
        }
    }

    @Override
    public void close()
    {
        appender.close();
        queue.close();
        BackgroundResourceReleaser.releasePendingResources();
    }

    private static void setIfAbsent(final String property)
    {
        if (System.getProperty(property) == null)
        {
            System.setProperty(property, "true");
        }
    }
}
