package io.syncline.journal;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * A disk and the page cache above it, in memory: the journals run on it as they run on files. A process that dies loses
 * nothing; power that goes takes what was not synced, page by page, and names that were not, from the newest on. It
 * fails when told to.
 */
public final class SimDisk implements JournalDisk
{
    /** A change of names that a power cut may undo. */
    private record NameChange(Path from, Path to, SimFile file)
    {
        boolean concerns(final Path directory)
        {
            return from != null && directory.equals(from.getParent()) || to != null && directory.equals(to.getParent());
        }
    }

    private final IntUnaryOperator random;
    private final Map<Path, TreeMap<String, SimFile>> live = new HashMap<>();
    private final Map<Path, TreeMap<String, SimFile>> durable = new HashMap<>();
    private final ArrayList<NameChange> pending = new ArrayList<>();
    private final ArrayList<SimSegments> writers = new ArrayList<>();
    private int failingSyncs;
    private int failingReads;
    private boolean isLookedAt;
    private long freeBytes = Long.MAX_VALUE;

    /** @param random draws from 0 to its argument, exclusive */
    public SimDisk(final IntUnaryOperator random)
    {
        this.random = random;
    }

    /** The machine lost power; its processes are dead. */
    public void losePower()
    {
        for (final TreeMap<String, SimFile> directory : live.values())
        {
            directory.values().forEach((file) -> file.losePower(random));
        }
        final int kept = random.applyAsInt(pending.size() + 1);
        final List<NameChange> survivors = new ArrayList<>(pending.subList(0, kept));
        pending.clear();
        survivors.forEach((change) -> apply(durable, change));
        live.clear();
        durable.forEach((directory, files) -> live.put(directory, new TreeMap<>(files)));
        failingSyncs = 0;
        failingReads = 0;
    }

    /** The process is about to die: an append may be half done, and what counts as clean may leave the page cache. */
    public void onKilled()
    {
        for (final SimSegments writer : writers)
        {
            if (random.applyAsInt(4) == 0)
            {
                writer.tear(random);
            }
        }
        failingSyncs = 0;
        failingReads = 0;
        if (random.applyAsInt(2) == 0)
        {
            live.values().forEach((directory) -> directory.values().forEach(SimFile::evict));
        }
    }

    /** Everything is gone. */
    public void wipe()
    {
        live.clear();
        durable.clear();
        pending.clear();
    }

    /** @param count of syncs to fail from now on */
    public void failSyncs(final int count)
    {
        failingSyncs = count;
    }

    /** @param count of reads of a whole file, or openings of one for reading, to fail from now on */
    public void failReads(final int count)
    {
        failingReads = count;
    }

    /** Somebody looks from outside, whose reads no fault concerns. */
    void isLookedAt(final boolean isNow)
    {
        isLookedAt = isNow;
    }

    /** Whatever it was told to fail at works from now on; what is bad on it stays. */
    public void healed()
    {
        failingSyncs = 0;
        failingReads = 0;
        freeBytes = Long.MAX_VALUE;
    }

    /** @return true while there is something that it will fail at */
    public boolean isFailing()
    {
        return failingSyncs > 0 || failingReads > 0 || freeBytes != Long.MAX_VALUE;
    }

    /** @param bytes that are left from now on */
    public void freeBytes(final long bytes)
    {
        freeBytes = bytes;
    }

    /**
     * Turns a bit that is on the device.
     *
     * @param directory of a partition
     * @return the segment's name, null where there was nothing to turn
     */
    public String flipBit(final Path directory)
    {
        final String name = anySegment(directory);
        if (name == null)
        {
            return null;
        }
        final SimFile file = live.get(directory).get(name);
        final int position = random.applyAsInt(file.written());
        if (!file.isClean(position))
        {
            return null;
        }
        file.flip(position, random.applyAsInt(Byte.SIZE));
        return name;
    }

    /**
     * Writes one page of one segment over a page of another, or of the same.
     *
     * @param from directory of a partition
     * @param to   directory of a partition
     * @return name of the segment that was hit, null where there was none
     */
    public String misdirect(final Path from, final Path to)
    {
        final String source = anySegment(from);
        final String target = anySegment(to);
        if (source == null || target == null)
        {
            return null;
        }
        final SimFile file = live.get(to).get(target);
        final SimFile other = live.get(from).get(source);
        final int page = random.applyAsInt(file.written() + SimFile.PAGE_BYTES - 1 >> 12) << 12;
        final int otherPage = random.applyAsInt(other.written() + SimFile.PAGE_BYTES - 1 >> 12) << 12;
        if (!file.isClean(page) || file == other && page == otherPage)
        {
            return null;
        }
        final int count = Math.min(SimFile.PAGE_BYTES, Math.min(file.length() - page, other.length() - otherPage));
        file.overwrite(page, other.bytes(), otherPage, count);
        return target;
    }

    /**
     * A segment loses its end, its content or its name. No process may have it open.
     *
     * @param directory of a partition
     * @return its name, null where there was none
     */
    public String spoil(final Path directory)
    {
        final String name = anySegment(directory);
        if (name != null)
        {
            spoil(directory, name);
        }
        return name;
    }

    /**
     * As above, of a segment that another has followed and that is on the device as it should be.
     *
     * @param directory of a partition
     * @return its name, null where there was none
     */
    public String spoilSealed(final Path directory)
    {
        final List<String> segments = segments(directory);
        final List<String> sealed = segments.isEmpty() ? segments : segments.subList(0, segments.size() - 1);
        sealed.removeIf((name) -> live.get(directory).get(name).isDirty());
        final String name = sealed.isEmpty() ? null : sealed.get(random.applyAsInt(sealed.size()));
        if (name != null)
        {
            spoil(directory, name);
        }
        return name;
    }

    /**
     * A directory is gone, with all that is in it. No process may have it open.
     *
     * @param directory of a partition
     * @return false where there was none
     */
    public boolean remove(final Path directory)
    {
        pending.removeIf((change) -> change.concerns(directory));
        durable.remove(directory);
        return live.remove(directory) != null;
    }

    private void spoil(final Path directory, final String name)
    {
        final SimFile file = live.get(directory).get(name);
        switch (random.applyAsInt(3))
        {
            case 0 ->
            {
                file.cut(random.applyAsInt(file.written()));
                file.sync();
            }
            case 1 ->
            {
                final int from = random.applyAsInt(file.written());
                file.overwrite(from, new byte[file.written() - from], 0, file.written() - from);
            }
            default ->
            {
                live.get(directory).remove(name);
                durable.get(directory).remove(name);
                pending.removeIf((change) -> change.file == file);
            }
        }
    }

    @Override
    public boolean exists(final Path path)
    {
        return live.containsKey(path) || find(path) != null;
    }

    @Override
    public byte[] read(final Path path) throws IOException
    {
        failRead(path);
        return found(path).copy();
    }

    @Override
    public List<String> names(final Path directory)
    {
        final TreeMap<String, SimFile> files = live.get(directory);
        return files == null ? Collections.emptyList() : new ArrayList<>(files.keySet());
    }

    @Override
    public void createDirectory(final Path directory)
    {
        live.computeIfAbsent(directory, (unused) -> new TreeMap<>());
        durable.computeIfAbsent(directory, (unused) -> new TreeMap<>());
    }

    @Override
    public Output open(final Path path, final long length)
    {
        final SimFile file = fileOf(path, 0);
        file.cut((int)length);
        return new Output()
        {
            @Override
            public void write(final ByteBuffer bytes) throws IOException
            {
                final int count = bytes.remaining();
                take(path, count);
                file.put(file.length(), bytes.array(), bytes.arrayOffset() + bytes.position(), count);
                bytes.position(bytes.limit());
            }

            @Override
            public void force() throws IOException
            {
                syncFile(path, file);
            }

            @Override
            public void close()
            {
            }
        };
    }

    @Override
    public void force(final Path path) throws IOException
    {
        final SimFile file = find(path);
        if (file != null)
        {
            syncFile(path, file);
        }
    }

    @Override
    public void force(final Path path, final long from, final long to) throws IOException
    {
        final SimFile file = find(path);
        if (file != null)
        {
            if (failingSyncs > 0 && file.isDirty())
            {
                file.giveUp();
            }
            failSync(path);
            file.sync((int)from, (int)to);
        }
    }

    @Override
    public void forceNames(final Path directory) throws IOException
    {
        failSync(directory);
        int last = pending.size() - 1;
        while (last >= 0 && !pending.get(last).concerns(directory))
        {
            last--;
        }
        // What a file system does in order it makes durable in order.
        for (int i = 0; i <= last; i++)
        {
            apply(durable, pending.get(i));
        }
        pending.subList(0, last + 1).clear();
    }

    @Override
    public void move(final Path from, final Path to) throws IOException
    {
        if (live.containsKey(from))
        {
            moveDirectory(live, from, to);
            moveDirectory(durable, from, to);
            return;
        }
        change(new NameChange(from, to, found(from)));
    }

    @Override
    public void delete(final Path path)
    {
        if (live.containsKey(path))
        {
            live.remove(path);
            durable.remove(path);
        }
        else if (find(path) != null)
        {
            change(new NameChange(path, null, find(path)));
        }
    }

    @Override
    public Mapping map(final Path path) throws IOException
    {
        failRead(path);
        final UnsafeBuffer buffer = found(path).map();
        return new Mapping()
        {
            @Override
            public UnsafeBuffer buffer()
            {
                return buffer;
            }

            @Override
            public void close()
            {
                buffer.wrap(0, 0);
            }
        };
    }

    @Override
    public SegmentStore openSegments(final Path directory, final long blockBytes, final int first) throws IOException
    {
        final SimSegments writer = new SimSegments(this, directory, (int)blockBytes, first);
        writers.add(writer);
        return writer;
    }

    /** @return the segment, made where there is none */
    SimFile segment(final Path path, final int length) throws IOException
    {
        final SimFile found = find(path);
        if (found != null && found.length() >= length)
        {
            return found;
        }
        take(path, length);
        if (found != null)
        {
            // Chronicle, too, makes a file that is too short as long as it should be.
            found.touch(length - 1, 1);
            return found;
        }
        return fileOf(path, length);
    }

    void closed(final SimSegments writer)
    {
        writers.remove(writer);
    }

    private void syncFile(final Path path, final SimFile file) throws IOException
    {
        if (failingSyncs > 0 && file.isDirty())
        {
            file.giveUp();
        }
        failSync(path);
        file.sync();
    }

    private void failSync(final Path path) throws IOException
    {
        if (failingSyncs > 0)
        {
            failingSyncs--;
            throw new IOException(path + ": Input/output error");
        }
    }

    private void failRead(final Path path) throws IOException
    {
        if (failingReads > 0 && !isLookedAt)
        {
            failingReads--;
            throw new IOException(path + ": Input/output error");
        }
    }

    private void take(final Path path, final int bytes) throws IOException
    {
        if (freeBytes < bytes)
        {
            throw new IOException(path + ": No space left on device");
        }
        freeBytes -= freeBytes == Long.MAX_VALUE ? 0 : bytes;
    }

    private String anySegment(final Path directory)
    {
        final List<String> segments = segments(directory);
        return segments.isEmpty() ? null : segments.get(random.applyAsInt(segments.size()));
    }

    /** Those that something was written to, in order. */
    private List<String> segments(final Path directory)
    {
        final List<String> segments = new ArrayList<>();
        live.getOrDefault(directory, new TreeMap<>()).forEach((name, file) ->
        {
            if (name.contains(JournalLayout.SEGMENT_SUFFIX) && file.written() > 0)
            {
                segments.add(name);
            }
        });
        return segments;
    }

    /** @return the file as it lies there, null when there is none */
    SimFile find(final Path path)
    {
        final TreeMap<String, SimFile> files = live.get(path.getParent());
        return files == null ? null : files.get(path.getFileName().toString());
    }

    private SimFile found(final Path path) throws IOException
    {
        final SimFile file = find(path);
        if (file == null)
        {
            throw new NoSuchFileException(path.toString());
        }
        return file;
    }

    private SimFile fileOf(final Path path, final int length)
    {
        final SimFile found = find(path);
        if (found != null)
        {
            return found;
        }
        final SimFile file = new SimFile(length);
        change(new NameChange(null, path, file));
        return file;
    }

    private void change(final NameChange change)
    {
        apply(live, change);
        pending.add(change);
    }

    private static void apply(final Map<Path, TreeMap<String, SimFile>> names, final NameChange change)
    {
        if (change.from != null && names.containsKey(change.from.getParent()))
        {
            names.get(change.from.getParent()).remove(change.from.getFileName().toString());
        }
        if (change.to != null && names.containsKey(change.to.getParent()))
        {
            names.get(change.to.getParent()).put(change.to.getFileName().toString(), change.file);
        }
    }

    private static void moveDirectory(
        final Map<Path, TreeMap<String, SimFile>> names, final Path from, final Path to)
    {
        final TreeMap<String, SimFile> files = names.remove(from);
        if (files != null)
        {
            names.put(to, files);
        }
    }
}
