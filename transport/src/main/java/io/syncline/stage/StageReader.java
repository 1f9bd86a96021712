package io.syncline.stage;

import org.agrona.BufferUtil;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import static io.syncline.stage.StageLayout.*;

/** Reads a stage file while it is written, or afterwards. Belongs to one thread. */
public final class StageReader implements AutoCloseable
{
    private final File file;
    private final ByteBuffer memory;
    private final UnsafeBuffer buffer;

    /**
     * A topic that has a section of its own.
     *
     * @param index   of the section, from 1
     * @param topicId of the topic
     * @param name    of the topic, "" where the writer does not know it
     */
    public record Section(int index, long topicId, String name)
    {
    }

    /**
     * One of the worst records of its second.
     *
     * @param endNs    when it ended, nanoseconds since 1970
     * @param totalNs  in all
     * @param key      of the partition
     * @param offset   of the batch
     * @param follower whose ack completed the commit, -1 for none
     * @param acks     -1 all, 1 leader
     * @param stageNs  by the ordinal of {@link Stage}
     */
    public record Exemplar(long endNs, long totalNs, long key, long offset, int follower, int acks, long[] stageNs)
    {
    }

    /**
     * What happened at the node.
     *
     * @param what       kind
     * @param who        agent or broker, -1 for none
     * @param endNs      when it was over, nanoseconds since 1970
     * @param durationNs how long it took
     */
    public record Event(Happening what, int who, long endNs, long durationNs)
    {
        /**
         * @param fromNs nanoseconds since 1970
         * @param toNs   nanoseconds since 1970
         * @return true when some of it fell between the two
         */
        public boolean overlaps(final long fromNs, final long toNs)
        {
            return endNs >= fromNs && endNs - durationNs <= toNs;
        }
    }

    /**
     * @param file a stage file
     * @throws IllegalArgumentException when it is none, or of another version
     */
    public StageReader(final File file)
    {
        this(file, IoUtil.mapExistingFile(file, FileChannel.MapMode.READ_ONLY, "stage file"));
    }

    StageReader(final File file, final ByteBuffer memory)
    {
        this.file = file;
        this.memory = memory;
        buffer = new UnsafeBuffer(memory);
        if (buffer.capacity() < lengthOf(0) || buffer.getIntVolatile(MAGIC_OFFSET) != MAGIC ||
            buffer.getInt(VERSION_OFFSET) != VERSION || buffer.capacity() < lengthOf(sectionCount() - 1))
        {
            close();
            throw new IllegalArgumentException(file + " is not a stage file of version " + VERSION);
        }
    }

    /** @return what is read */
    public File file()
    {
        return file;
    }

    /** @return {@link StageLayout#KIND_BROKER} or {@link StageLayout#KIND_PRODUCER} */
    public int kind()
    {
        return buffer.getInt(KIND_OFFSET);
    }

    /** @return of the broker, -1 for a producer */
    public int nodeId()
    {
        return buffer.getInt(NODE_ID_OFFSET);
    }

    /** @return of the producer, -1 for a broker */
    public long clientId()
    {
        return buffer.getLong(CLIENT_ID_OFFSET);
    }

    /** @return one record in so many */
    public int sampling()
    {
        return buffer.getInt(SAMPLING_OFFSET);
    }

    /** @return when the writer began, nanoseconds since 1970 */
    public long startedNs()
    {
        return buffer.getLong(STARTED_OFFSET);
    }

    /** @return samples that were given up at a producer, or at a leader */
    public long droppedByLeader()
    {
        return buffer.getLongVolatile(DROPPED_LEADER_OFFSET);
    }

    /** @return samples that were given up at a follower */
    public long droppedByFollower()
    {
        return buffer.getLongVolatile(DROPPED_FOLLOWER_OFFSET);
    }

    /** @return topics with a section of their own so far */
    public List<Section> sections()
    {
        final List<Section> sections = new ArrayList<>();
        for (int i = 1; i < sectionCount(); i++)
        {
            final int entry = DIRECTORY_OFFSET + i * DIRECTORY_ENTRY_LENGTH;
            final long topicId = buffer.getLongVolatile(entry + TOPIC_ID_OFFSET);
            if (topicId != 0)
            {
                final byte[] name = new byte[Math.min(
                    TOPIC_NAME_MAX, Math.max(0, buffer.getIntVolatile(entry + TOPIC_NAME_LENGTH_OFFSET)))];
                buffer.getBytes(entry + TOPIC_NAME_OFFSET, name);
                sections.add(new Section(i, topicId, new String(name, StandardCharsets.US_ASCII)));
            }
        }
        return sections;
    }

    /**
     * @param section index; 0 for all topics
     * @param series  a stage's ordinal, or one of the series that {@link StageLayout} names
     * @return a copy
     */
    public StageHistogram histogram(final int section, final int series)
    {
        final StageHistogram histogram = histogramOf(section, series);
        for (int i = 1; section == 0 && i < sectionCount() && isTaken(i); i++)
        {
            histogram.add(histogramOf(i, series));
        }
        return histogram;
    }

    private StageHistogram histogramOf(final int section, final int series)
    {
        final int base = sectionOffset(section);
        final int head = base + series * HEAD_LENGTH;
        final int buckets = base + HEADS_LENGTH + series * HISTOGRAM_LENGTH;
        final StageHistogram copy = new StageHistogram();
        for (int i = 0; i < HISTOGRAM_BUCKETS; i++)
        {
            final long count = buffer.getLongVolatile(buckets + i * Long.BYTES);
            if (count != 0)
            {
                copy.set(i, count);
            }
        }
        copy.totals(buffer.getLong(head + HEAD_SUM_OFFSET), buffer.getLong(head + HEAD_MAX_OFFSET));
        return copy;
    }

    /**
     * @param section index; 0 for all topics
     * @return a copy
     */
    public StageRows rows(final int section)
    {
        final StageRows rows = rowsOf(section);
        for (int i = 1; section == 0 && i < sectionCount() && isTaken(i); i++)
        {
            rows.add(rowsOf(i));
        }
        return rows;
    }

    private StageRows rowsOf(final int section)
    {
        final int base = sectionOffset(section) + ROWS_BEGIN;
        final StageRows copy = new StageRows();
        for (int row = 0; row < ROWS; row++)
        {
            final int at = base + row * ROW_LENGTH;
            final long count = buffer.getLongVolatile(at);
            if (count != 0)
            {
                copy.set(row, count, buffer.getLong(at + ROW_TOTAL_OFFSET));
                for (int i = 0; i < Stage.COUNT; i++)
                {
                    copy.set(row, i, buffer.getLong(at + ROW_STAGES_OFFSET + i * Long.BYTES));
                }
            }
        }
        return copy;
    }

    /** @return the worst records of the last two minutes' seconds, the latest first */
    public List<Exemplar> exemplars()
    {
        final List<Exemplar> found = new ArrayList<>();
        for (int i = 0; i < EXEMPLAR_SECONDS * EXEMPLARS_A_SECOND; i++)
        {
            final int entry = EXEMPLARS_OFFSET + i * EXEMPLAR_LENGTH;
            final long version = buffer.getLongVolatile(entry);
            if (version == 0 || (version & 1) != 0)
            {
                continue;
            }
            final long[] stageNs = new long[Stage.COUNT];
            for (int stage = 0; stage < Stage.COUNT; stage++)
            {
                stageNs[stage] = buffer.getLong(entry + EXEMPLAR_STAGES_OFFSET + stage * Long.BYTES);
            }
            final Exemplar exemplar = new Exemplar(
                buffer.getLong(entry + EXEMPLAR_END_OFFSET), buffer.getLong(entry + EXEMPLAR_TOTAL_OFFSET),
                buffer.getLong(entry + EXEMPLAR_KEY_OFFSET), buffer.getLong(entry + EXEMPLAR_RECORD_OFFSET),
                buffer.getInt(entry + EXEMPLAR_FOLLOWER_OFFSET), buffer.getInt(entry + EXEMPLAR_ACKS_OFFSET), stageNs);
            if (buffer.getLongVolatile(entry) == version)
            {
                found.add(exemplar);
            }
        }
        found.sort(Comparator.comparingLong(Exemplar::endNs).reversed());
        return found;
    }

    /** @return the last few hundred happenings, the latest first */
    public List<Event> happenings()
    {
        final List<Event> found = new ArrayList<>();
        for (int i = 0; i < HAPPENINGS; i++)
        {
            final int entry = HAPPENINGS_OFFSET + HAPPENINGS_HEAD_LENGTH + i * HAPPENING_LENGTH;
            final long sequence = buffer.getLongVolatile(entry);
            final Happening what = Happening.at(buffer.getInt(entry + HAPPENING_TYPE_OFFSET));
            if (sequence > 0 && what != null)
            {
                final Event event = new Event(
                    what, buffer.getInt(entry + HAPPENING_WHO_OFFSET), buffer.getLong(entry + HAPPENING_END_OFFSET),
                    buffer.getLong(entry + HAPPENING_DURATION_OFFSET));
                if (buffer.getLongVolatile(entry) == sequence)
                {
                    found.add(event);
                }
            }
        }
        found.sort(Comparator.comparingLong(Event::endNs).reversed());
        return found;
    }

    @Override
    public void close()
    {
        if (memory instanceof MappedByteBuffer)
        {
            BufferUtil.free(memory);
        }
    }

    /** Sections are given out in order. */
    private boolean isTaken(final int section)
    {
        return buffer.getLongVolatile(DIRECTORY_OFFSET + section * DIRECTORY_ENTRY_LENGTH + TOPIC_ID_OFFSET) != 0;
    }

    private int sectionCount()
    {
        return buffer.getInt(SECTIONS_OFFSET);
    }
}
