package io.syncline.journal;

import net.openhft.chronicle.bytes.MappedBytes;
import net.openhft.chronicle.bytes.MappedBytesStore;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.core.io.ReferenceOwner;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueStore;
import net.openhft.posix.MAdviseFlag;
import net.openhft.posix.PosixAPI;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

import io.syncline.record.BatchFlyweight;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The writing side of one partition's Chronicle queue. Chronicle makes the segments; what lies in them is framed here,
 * as Chronicle would frame it, see {@link SegmentFile}. Its own appender takes a lock of the table's for every excerpt,
 * because others may append too, stores to the header for each, and allocates four kilobytes on the owner's thread when
 * it goes on in the next segment. A log has one owner, which knows its end.
 */
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
        /** End of what was written to it before it was mapped here. */
        private final long written;
        private volatile long reservedTo;

        private Mapped(
            final int cycle, final SingleChronicleQueueStore store, final long written, final boolean isNew)
            throws IOException
        {
            this.cycle = cycle;
            this.store = store;
            this.written = written;
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
    /** The reserver's. */
    private final ByteBuffer zeros = ZEROS.duplicate();
    private final long blockBytes;
    /** Set by who prepares, before the owner hears of it. */
    private volatile Mapped newest;
    // The owner's.
    private final UnsafeBuffer excerpt = new UnsafeBuffer(0, 0);
    private Mapped writing;
    private int end;

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
        final Mapped prepared = new Mapped(nextCycle, store, written, isNew);
        newest = prepared;
        if (writing == null)
        {
            // The first, made by who opens: the next one may be there before anything is appended.
            begin();
        }
        return prepared;
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
        if (writing.cycle != cycle.current())
        {
            begin();
        }
        final int position = end;
        final int excerptLength = SegmentFile.PREFIX_LENGTH + length;
        if ((long)position + Integer.BYTES + excerptLength > blockBytes)
        {
            throw new IllegalStateException(
                "a batch of " + length + " bytes at " + position + " of a segment of " + blockBytes + " bytes");
        }
        excerpt.wrap(writing.address + position, Integer.BYTES + excerptLength);
        excerpt.putInt(0, SegmentFile.NOT_COMPLETE | excerptLength);
        // Whoever finds any of what follows finds that it is not complete, or is: a process may end at any store.
        VarHandle.releaseFence();
        excerpt.putInt(Integer.BYTES, 0);
        excerpt.putBytes(SegmentFile.BATCH_OFFSET, buffer, offset, length);
        if (baseOffset >= 0)
        {
            BatchFlyweight.stampLeader(excerpt, SegmentFile.BATCH_OFFSET, key, baseOffset, leaderEpoch);
        }
        excerpt.putIntRelease(0, excerptLength);
        end = SegmentFile.behind(position, excerptLength);
        return position;
    }

    /** Goes on in the newest segment, behind what is there; the one that is left says that it ends. */
    private void begin()
    {
        final Mapped next = newest;
        if (next.cycle != cycle.current())
        {
            throw new IllegalStateException("cycle " + cycle.current() + " is to be written to, but " + next.cycle + " is prepared");
        }
        if (writing != null && end <= blockBytes - Integer.BYTES)
        {
            UnsafeApi.putIntRelease(null, writing.address + end, SegmentFile.END_OF_SEGMENT);
        }
        writing = next;
        end = SegmentFile.behindMeta(next.address, (int)next.written, (int)blockBytes);
    }

    @Override
    public void close()
    {
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
