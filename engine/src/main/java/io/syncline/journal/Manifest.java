package io.syncline.journal;

import io.syncline.protocol.PartitionKey;
import io.syncline.replica.EpochHistory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What the segments of one partition mean, as a log of its own: records of 32 bytes, each under a CRC, appended and
 * forced before what they announce takes effect. Epochs, truncation and log start live here together, so that one
 * durable step covers them (R1.6, R8.3). A torn last record is cut; anything else that is wrong is damage, and says so.
 * <pre>
 *   0        4        8                16               24               32
 *   +--------+--------+----------------+----------------+----------------+
 *   | CRC32C | type   | a              | b              | c              |
 *   +--------+--------+----------------+----------------+----------------+
 * </pre>
 * Belongs to the conductor; its monitor is for the one case in which the log's owner comes too, because a segment is
 * full before the next one was prepared. The owner adds segments only, and whoever changes epochs is alone.
 */
final class Manifest implements AutoCloseable
{
    /** Length of a record. */
    static final int RECORD_LENGTH = 32;
    /** A segment whose base is where the one before it ends, which is found by looking. */
    static final long FOLLOWS = -1;

    private static final int VERSION = 1;
    private static final int FORMAT = 1;
    private static final int SEGMENT = 2;
    private static final int EPOCH = 3;
    private static final int SYNCED = 4;
    private static final int TRUNCATED = 5;
    private static final int RESTARTED = 6;
    private static final int LOG_START = 7;
    private static final int OPENED = 8;
    private static final int CLOSED = 9;
    private static final int LEFT = 10;
    private static final int AGE = 11;

    /**
     * A segment that is written to no more.
     *
     * @param length bytes that were
     * @param ageNs  of the log when it was left, see {@link #ageNs()}
     */
    record Left(long length, long ageNs)
    {
    }

    private final JournalDisk disk;
    private final Path file;
    private final long key;
    private JournalDisk.Output output;
    private final EpochHistory epochs = new EpochHistory();
    private final TreeMap<Integer, Left> left = new TreeMap<>();
    private final CRC32C crc = new CRC32C();
    private ByteBuffer pending = buffer(64);
    private Segments segments = new Segments(new int[0], new long[0]);
    private int preparedCycle = -1;
    private int lastCycle;
    private long synced;
    private long logStart;
    private long ageNs;
    private long closedAt = -1;
    private int closedPosition;
    private int recordCount;
    private int liveRecordCount;
    private boolean found;

    private Manifest(final JournalDisk disk, final Path file, final long key, final boolean readOnly) throws IOException
    {
        this.disk = disk;
        this.file = file;
        this.key = key;
        final byte[] bytes = disk.exists(file) ? disk.read(file) : new byte[0];
        found = bytes.length >= RECORD_LENGTH;
        if (found)
        {
            final int length = load(bytes);
            output = readOnly ? null : disk.open(file, length);
        }
        else if (readOnly)
        {
            throw new IOException(file + " is missing or empty");
        }
        else
        {
            output = null;
        }
    }

    /** @return the manifest of a partition; {@link #found()} says whether there is one yet */
    static Manifest open(final JournalDisk disk, final Path directory, final long key) throws IOException
    {
        final Manifest manifest = new Manifest(disk, directory.resolve(JournalLayout.MANIFEST), key, false);
        if (manifest.found)
        {
            return manifest;
        }
        // A new partition: its first segment begins at 0. Appears as a whole or not at all.
        manifest.preparedCycle = -1;
        manifest.lastCycle = 1;
        manifest.segments = manifest.segments.with(1, 0);
        manifest.replaceFile();
        final Manifest created = new Manifest(disk, manifest.file, key, false);
        created.found = false;
        return created;
    }

    /** @return the manifest for looking only: works beside a running owner */
    static Manifest read(final JournalDisk disk, final Path directory, final long key) throws IOException
    {
        return new Manifest(disk, directory.resolve(JournalLayout.MANIFEST), key, true);
    }

    /** @return false when this manifest was made just now */
    boolean found()
    {
        return found;
    }

    synchronized Segments segments()
    {
        return segments;
    }

    /** @return cycle of a segment that was prepared and may be in use already, or -1 */
    synchronized int preparedCycle()
    {
        return preparedCycle;
    }

    synchronized int nextCycle()
    {
        return lastCycle + 1;
    }

    synchronized long synced()
    {
        return synced;
    }

    synchronized long logStart()
    {
        return logStart;
    }

    /** @return when a segment was left, null where nobody has noticed yet that it was */
    synchronized Left left(final int cycle)
    {
        return left.get(cycle);
    }

    /** @return age of the log: the time it has been open, see {@link LogRetention} */
    synchronized long ageNs()
    {
        return ageNs;
    }

    /** @return LEO when the last owner closed the log and none has opened it since; -1 otherwise */
    synchronized long closedAt()
    {
        return closedAt;
    }

    /** @return position of the last excerpt in the last segment when the log was closed, -1 when that was empty */
    synchronized int closedPosition()
    {
        return closedPosition;
    }

    /** @return the epochs that are durable; not to be changed */
    EpochHistory epochs()
    {
        return epochs;
    }

    synchronized Manifest segment(final int cycle, final long base)
    {
        return add(SEGMENT, cycle, base, 0);
    }

    synchronized Manifest epoch(final int epoch, final long startOffset)
    {
        return add(EPOCH, epoch, startOffset, 0);
    }

    synchronized Manifest synced(final long offset)
    {
        return add(SYNCED, offset, 0, 0);
    }

    synchronized Manifest truncated(final long offset)
    {
        return add(TRUNCATED, offset, 0, 0);
    }

    synchronized Manifest restarted(final long offset)
    {
        return add(RESTARTED, offset, 0, 0);
    }

    synchronized Manifest logStart(final long offset)
    {
        return add(LOG_START, offset, 0, 0);
    }

    synchronized Manifest left(final int cycle, final long length, final long logAgeNs)
    {
        return add(LEFT, cycle, length, logAgeNs);
    }

    synchronized Manifest age(final long logAgeNs)
    {
        return add(AGE, logAgeNs, 0, 0);
    }

    synchronized Manifest opened()
    {
        return add(OPENED, 0, 0, 0);
    }

    synchronized Manifest closed(final long logEnd, final int position)
    {
        return add(CLOSED, logEnd, position, 0);
    }

    /** Adds the segments that are not here yet; those that retention has passed meanwhile stay away. */
    synchronized Manifest segments(final Segments current)
    {
        for (int i = 0; i < current.size(); i++)
        {
            if (!segments.containsCycle(current.cycle(i)) &&
                (segments.size() == 0 || current.cycle(i) > segments.cycle(0)))
            {
                segment(current.cycle(i), current.base(i));
            }
        }
        return this;
    }

    /** Adds the epochs that are not here yet. */
    Manifest epochs(final EpochHistory history)
    {
        return epochs(history, Long.MAX_VALUE);
    }

    /** Adds the epochs that are not here yet and start at or below an offset. */
    synchronized Manifest epochs(final EpochHistory history, final long offset)
    {
        for (int i = 0; i < history.size(); i++)
        {
            if (history.epoch(i) > epochs.latestEpoch() && history.startOffset(i) <= offset)
            {
                epoch(history.epoch(i), history.startOffset(i));
            }
        }
        return this;
    }

    /** Writes what was added, without waiting for the device. */
    synchronized void write() throws IOException
    {
        pending.flip();
        output.write(pending);
        pending.clear();
    }

    /** Writes what was added and waits until it is durable. */
    synchronized void force() throws IOException
    {
        write();
        output.force();
    }

    /**
     * Writes the present state anew, over the old file, in one step, when the file has grown out of proportion.
     *
     * @param records from which on it is looked at; it must also be twice what is needed
     */
    synchronized void compactAbove(final int records) throws IOException
    {
        if (recordCount < Math.max(records, 2 * liveRecordCount))
        {
            return;
        }
        write();
        final int live = replaceFile();
        output.close();
        output = disk.open(file, (long)live * RECORD_LENGTH);
        recordCount = live;
        liveRecordCount = live;
    }

    @Override
    public synchronized void close()
    {
        Durable.closeQuietly(output);
    }

    /** @return number of records written */
    private int replaceFile() throws IOException
    {
        left.keySet().removeIf((cycle) -> !segments.containsCycle(cycle));
        final ByteBuffer bytes = buffer(9 + segments.size() + left.size() + epochs.size());
        put(bytes, FORMAT, VERSION, key, lastCycle);
        if (logStart > 0)
        {
            put(bytes, RESTARTED, logStart, 0, 0);
        }
        for (int i = 0; i < segments.size(); i++)
        {
            put(bytes, SEGMENT, segments.cycle(i), segments.base(i), 0);
        }
        left.forEach((cycle, segment) -> put(bytes, LEFT, cycle, segment.length(), segment.ageNs()));
        put(bytes, AGE, ageNs, 0, 0);
        if (preparedCycle >= 0)
        {
            put(bytes, SEGMENT, preparedCycle, FOLLOWS, 0);
        }
        for (int i = 0; i < epochs.size(); i++)
        {
            put(bytes, EPOCH, epochs.epoch(i), epochs.startOffset(i), 0);
        }
        put(bytes, SYNCED, synced, 0, 0);
        if (closedAt >= 0)
        {
            put(bytes, CLOSED, closedAt, closedPosition, 0);
        }
        bytes.flip();
        final int records = bytes.limit() / RECORD_LENGTH;
        Durable.replace(disk, file, bytes);
        return records;
    }

    private int load(final byte[] content) throws IOException
    {
        final ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        final int whole = bytes.capacity() / RECORD_LENGTH * RECORD_LENGTH;
        int at = 0;
        while (at < whole && isGood(bytes, at))
        {
            apply(at == 0, bytes.getInt(at + 4), bytes.getLong(at + 8), bytes.getLong(at + 16), bytes.getLong(at + 24));
            at += RECORD_LENGTH;
        }
        // Records are appended in order, so a crash can only leave bad ones at the very end.
        for (int behind = at + RECORD_LENGTH; behind < whole; behind += RECORD_LENGTH)
        {
            if (isGood(bytes, behind))
            {
                throw new DamagedFileException(file + " is damaged at byte " + at + ", with sound records behind it");
            }
        }
        if (at == 0)
        {
            throw new DamagedFileException(file + " is damaged at byte 0");
        }
        return at;
    }

    private boolean isGood(final ByteBuffer bytes, final int at)
    {
        crc.reset();
        crc.update(bytes.array(), at + 4, RECORD_LENGTH - 4);
        return bytes.getInt(at) == (int)crc.getValue();
    }

    private Manifest add(final int type, final long a, final long b, final long c)
    {
        apply(false, type, a, b, c);
        if (pending.remaining() < RECORD_LENGTH)
        {
            final ByteBuffer larger = buffer(pending.capacity() / RECORD_LENGTH * 2);
            pending.flip();
            pending = larger.put(pending);
        }
        put(pending, type, a, b, c);
        return this;
    }

    private void put(final ByteBuffer bytes, final int type, final long a, final long b, final long c)
    {
        final int at = bytes.position();
        bytes.putInt(0).putInt(type).putLong(a).putLong(b).putLong(c);
        crc.reset();
        crc.update(bytes.array(), at + 4, RECORD_LENGTH - 4);
        bytes.putInt(at, (int)crc.getValue());
    }

    private void apply(final boolean isFirst, final int type, final long a, final long b, final long c)
    {
        if (isFirst != (type == FORMAT))
        {
            throw new IllegalStateException(file + ": record " + recordCount + " has type " + type);
        }
        recordCount++;
        if (type != CLOSED && type != FORMAT)
        {
            closedAt = -1;
        }
        switch (type)
        {
            case FORMAT -> onFormat(a, b, (int)c);
            case SEGMENT -> onSegment((int)a, b);
            case EPOCH -> epochs.add((int)a, b);
            case SYNCED -> synced = a;
            case TRUNCATED ->
            {
                segments = segments.below(a);
                preparedCycle = -1;
                epochs.truncateTo(a);
                synced = Math.min(synced, a);
            }
            case RESTARTED ->
            {
                segments = new Segments(new int[0], new long[0]);
                preparedCycle = -1;
                left.clear();
                epochs.clear();
                synced = a;
                logStart = a;
            }
            case LOG_START ->
            {
                segments = segments.from(a);
                epochs.trimTo(a);
                logStart = a;
            }
            case LEFT ->
            {
                left.put((int)a, new Left(b, c));
                ageNs = Math.max(ageNs, c);
            }
            case AGE -> ageNs = a;
            case OPENED -> {}
            case CLOSED ->
            {
                closedAt = a;
                closedPosition = (int)b;
            }
            default -> throw new IllegalStateException(
                file + ": unknown record type " + type + "; written by a later version?");
        }
    }

    private void onFormat(final long version, final long ownKey, final int cycle)
    {
        if (version != VERSION)
        {
            throw new IllegalStateException(file + ": version " + version + ", this program reads " + VERSION);
        }
        if (ownKey != key)
        {
            throw new IllegalStateException(file + " belongs to partition " + PartitionKey.toString(ownKey) +
                " and lies where " + PartitionKey.toString(key) + " should");
        }
        lastCycle = cycle;
    }

    private void onSegment(final int cycle, final long base)
    {
        lastCycle = Math.max(lastCycle, cycle);
        if (base == FOLLOWS)
        {
            preparedCycle = cycle;
        }
        else if (!segments.containsCycle(cycle))
        {
            segments = segments.with(cycle, base);
            preparedCycle = preparedCycle == cycle ? -1 : preparedCycle;
        }
    }

    private static ByteBuffer buffer(final int records)
    {
        return ByteBuffer.allocate(records * RECORD_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    }
}
