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
import net.openhft.posix.MAdviseFlag;
import net.openhft.posix.PosixAPI;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

import io.syncline.record.BatchFlyweight;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The writing side of one partition's Chronicle queue. */
final class SegmentQueue implements SegmentStore
{
    /** What Chronicle may put between two batches: an index page, and padding. */
    static final int CHRONICLE_SLACK = 64 * 1024;

    private static final int PAGE_BYTES = 4096;
    /** Room that a segment begins with: Chronicle's header and first index pages, and the first small batches. */
    private static final int HEAD_BYTES = CHUNK_BYTES;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(CHUNK_BYTES).asReadOnlyBuffer();
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

    /**
     * A segment file, mapped.
     * <pre>
     *   0             written              reservedTo                 length of the file
     *   +-------------+--------------------+--------------------------+
     *   | batches     | zeros on the       | a hole: a store here     |
     *   |             | device, in memory  | may fault, block or fail |
     *   +-------------+--------------------+--------------------------+
     *                   the writer's         the reserver's
     * </pre>
     */
    private final class Mapped implements Prepared
    {
        private final int cycle;
        private final SingleChronicleQueueStore store;
        private final MappedBytes bytes;
        private final MappedBytesStore mapping;
        private final ReferenceOwner owner;
        private final FileChannel channel;
        private final long address;
        private volatile long reservedTo;

        private Mapped(
            final int cycle, final SingleChronicleQueueStore store, final long written, final boolean isNew)
            throws IOException
        {
            this.cycle = cycle;
            this.store = store;
            owner = ReferenceOwner.temporary("segment " + cycle);
            bytes = store.bytes();
            mapping = bytes.mappedFile().acquireByteStore(owner, 0);
            address = mapping.addressForWrite(0);
            // Pages are made by writes, and a fault beyond them must not make the kernel read ahead in a hole: it would fill
            // megabytes of the page cache with zeros, again and again, for whatever is reserved after it.
            PosixAPI.posix().madvise(address, blockBytes, MAdviseFlag.MADV_RANDOM);
            channel = FileChannel.open(store.file().toPath(), StandardOpenOption.WRITE);
            reserveHead(written, isNew);
        }

        @Override
        public int cycle()
        {
            return cycle;
        }

        @Override
        public long reservedTo()
        {
            return reservedTo;
        }

        /** What another process left there is written once more, and through the file, which can say no. */
        private void reserveHead(final long written, final boolean isNew) throws IOException
        {
            final long from = written & -PAGE_BYTES;
            final int length = (int)Math.min(HEAD_BYTES, blockBytes - from);
            if (!isNew)
            {
                final ByteBuffer head = ByteBuffer.allocateDirect(length);
                new UnsafeBuffer(head).putBytes(0, new UnsafeBuffer(address + from, length), 0, length);
                write(channel, head, from);
            }
            touch(from, from + length);
            reservedTo = from + length;
        }

        /**
         * By writes rather than stores: a full device is an exception then and not a signal, and a page costs a third
         * to a seventh of a fault (1.2 against 2.7 to 8 us on ext4, Linux 6.18), because a write makes many pages at
         * once.
         */
        private void reserve(final long upTo) throws IOException
        {
            while (reservedTo < upTo)
            {
                final long from = reservedTo;
                final int length = (int)(Math.min(upTo, from + CHUNK_BYTES & -CHUNK_BYTES) - from);
                write(channel, zeros.position(0).limit(length), from);
                touch(from, from + length);
                reservedTo = from + length;
            }
        }

        /** Into this process's page tables, without changing anything. */
        private void touch(final long from, final long to)
        {
            for (long at = from; at < to; at += PAGE_BYTES)
            {
                UnsafeApi.compareAndSetLong(null, address + at, 0L, 0L);
            }
        }
    }

    private final SegmentCycle cycle;
    private final Path directory;
    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private final UnsafeBuffer excerpt = new UnsafeBuffer(0, 0);
    /** The reserver's. */
    private final ByteBuffer zeros = ZEROS.duplicate();
    private final long blockBytes;

    /**
     * @param directory  of the partition
     * @param blockBytes length of a segment's one mapping
     * @param first      cycle to write to; its file is made when there is none
     */
    SegmentQueue(final Path directory, final long blockBytes, final int first)
    {
        cycle = new SegmentCycle(first);
        this.directory = directory;
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
    public Prepared prepare(final int nextCycle, final long written) throws IOException
    {
        final boolean isNew = writeHead(nextCycle);
        final SingleChronicleQueueStore store = queue.storeForCycle(nextCycle, 0, true, null);
        store.singleThreadedCheckDisabled(true);
        return new Mapped(nextCycle, store, written, isNew);
    }

    /**
     * Before Chronicle's first store into a file, so that it meets pages and no hole. It takes zeros for a segment that
     * nobody has begun.
     *
     * @return false where the file is there already
     */
    private boolean writeHead(final int nextCycle) throws IOException
    {
        final Path file = directory.resolve(SegmentCycle.fileName(nextCycle) + JournalLayout.SEGMENT_SUFFIX);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))
        {
            write(channel, ZEROS.duplicate().limit((int)Math.min(HEAD_BYTES, blockBytes)), 0);
            return true;
        }
        catch (final FileAlreadyExistsException ex)
        {
            return false;
        }
    }

    @Override
    public boolean reserve(final Prepared segment, final long upTo) throws IOException
    {
        final Mapped prepared = (Mapped)segment;
        final long limit = Math.min(upTo + PAGE_BYTES - 1 & -PAGE_BYTES, blockBytes);
        final boolean isNeeded = prepared.reservedTo < limit;
        prepared.reserve(limit);
        return isNeeded;
    }

    /**
     * Out of this process's page tables, all at once: a force takes each page's store permission back, and where it is
     * mapped interrupts every core on which this process runs, for every page.
     */
    @Override
    public void leave(final Prepared prepared, final long from, final long to)
    {
        PosixAPI.posix().madvise(((Mapped)prepared).address + from, to - from, MAdviseFlag.MADV_DONTNEED);
    }

    @Override
    public void release(final Prepared segment)
    {
        final Mapped prepared = (Mapped)segment;
        Durable.closeQuietly(prepared.channel);
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

    private static void write(final FileChannel channel, final ByteBuffer content, final long position)
        throws IOException
    {
        long at = position;
        while (content.hasRemaining())
        {
            at += channel.write(content, at);
        }
    }

    private static void setIfAbsent(final String property)
    {
        if (System.getProperty(property) == null)
        {
            System.setProperty(property, "true");
        }
    }
}
