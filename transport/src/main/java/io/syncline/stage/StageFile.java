package io.syncline.stage;

import org.agrona.BufferUtil;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import static io.syncline.stage.StageLayout.*;

/**
 * Writes a node's stage file, where tools find it without the process's help. Nothing here allocates, waits or reads a
 * clock, except {@link #section} and the constructors.
 * <p>
 * What a value costs is the cache lines it lies on, so each lies in one section; who reads adds them up.
 * <p>
 * Each series has one writer: the series of {@link #record} and {@link #whatIf} the thread that completes records,
 * those of {@link #followed} the follower's. {@link #happened} may be called by any thread.
 */
public final class StageFile implements AutoCloseable
{
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final ByteBuffer memory;
    private final UnsafeBuffer buffer;
    private final int topics;
    private final long wallOffsetNs;
    private long second = Long.MIN_VALUE;
    private long secondFloorNs;

    /**
     * @param file         created anew, every page written so that a full disk shows now and not on a data thread
     * @param kind         {@link StageLayout#KIND_BROKER} or {@link StageLayout#KIND_PRODUCER}
     * @param nodeId       of the broker, -1 for a producer
     * @param clientId     of the producer, -1 for a broker
     * @param sampling     one record in so many
     * @param wallOffsetNs nanoseconds since 1970 less the monotonic clock's
     * @param wallNowNs    nanoseconds since 1970
     * @return the file
     */
    public static StageFile create(
        final File file, final int kind, final int nodeId, final long clientId, final int sampling,
        final long wallOffsetNs, final long wallNowNs)
    {
        IoUtil.deleteIfExists(file);
        return new StageFile(
            IoUtil.mapNewFile(file, lengthOf(MAX_TOPICS)), MAX_TOPICS, kind, nodeId, clientId, sampling, wallOffsetNs,
            wallNowNs);
    }

    /**
     * As {@link #create}, in memory.
     *
     * @param memory       zeroed, with room for {@link StageLayout#lengthOf}; freed with this
     * @param topics       with a section of their own
     * @param kind         see {@link #create}
     * @param nodeId       see {@link #create}
     * @param clientId     see {@link #create}
     * @param sampling     see {@link #create}
     * @param wallOffsetNs see {@link #create}
     * @param wallNowNs    see {@link #create}
     */
    public StageFile(
        final ByteBuffer memory, final int topics, final int kind, final int nodeId, final long clientId,
        final int sampling, final long wallOffsetNs, final long wallNowNs)
    {
        this.memory = memory;
        this.topics = topics;
        this.wallOffsetNs = wallOffsetNs;
        buffer = new UnsafeBuffer(memory);
        buffer.putInt(VERSION_OFFSET, VERSION);
        buffer.putInt(KIND_OFFSET, kind);
        buffer.putInt(NODE_ID_OFFSET, nodeId);
        buffer.putLong(CLIENT_ID_OFFSET, clientId);
        buffer.putLong(WALL_OFFSET_OFFSET, wallOffsetNs);
        buffer.putLong(STARTED_OFFSET, wallNowNs);
        buffer.putInt(SAMPLING_OFFSET, sampling);
        buffer.putInt(SECTIONS_OFFSET, topics + 1);
        buffer.putIntRelease(MAGIC_OFFSET, MAGIC);
    }

    /**
     * The section of a topic, given to it now where it has none. For rare moments; any thread.
     *
     * @param topicId of the topic
     * @return index of its section; 0, the section of all others, once every other one is taken
     */
    public synchronized int section(final long topicId)
    {
        for (int i = 1; i <= topics; i++)
        {
            final int entry = DIRECTORY_OFFSET + i * DIRECTORY_ENTRY_LENGTH;
            final long known = buffer.getLong(entry + TOPIC_ID_OFFSET);
            if (known == topicId)
            {
                return i;
            }
            if (known == 0)
            {
                buffer.putLongRelease(entry + TOPIC_ID_OFFSET, topicId);
                return i;
            }
        }
        return 0;
    }

    /**
     * Names a topic for people; without effect where it has no section. For rare moments; any thread.
     *
     * @param topicId of the topic
     * @param name    of the topic, cut where it is too long
     */
    public synchronized void name(final long topicId, final String name)
    {
        final int section = section(topicId);
        if (section > 0)
        {
            final int entry = DIRECTORY_OFFSET + section * DIRECTORY_ENTRY_LENGTH;
            final byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            final byte[] kept = Arrays.copyOf(bytes, Math.min(bytes.length, TOPIC_NAME_MAX));
            buffer.putBytes(entry + TOPIC_NAME_OFFSET, kept);
            buffer.putIntRelease(entry + TOPIC_NAME_LENGTH_OFFSET, kept.length);
        }
    }

    /**
     * A record is complete: its stages from one on, its total, the sums of its total's row, and perhaps a place among
     * the worst of its second.
     *
     * @param section of its topic
     * @param sample  complete, borrowed
     * @param first   the first stage this node knows; the earlier ones are left out
     */
    public void record(final int section, final StageSample sample, final Stage first)
    {
        addTo(section, sample, first);
        exemplar(sample);
    }

    /**
     * The answer if so many followers had been enough.
     *
     * @param section   of its topic
     * @param followers from 0
     * @param ns        from the arrival at the leader until the answer would have left
     */
    public void whatIf(final int section, final int followers, final long ns)
    {
        if (followers < WHATIF_COUNT)
        {
            addOne(section, WHATIF + followers, ns);
        }
    }

    /**
     * This broker appended and acknowledged a sampled batch as a follower.
     *
     * @param section  of its topic
     * @param appendNs from its arrival until it was appended
     * @param ackNs    from then until the ack was sent
     */
    public void followed(final int section, final long appendNs, final long ackNs)
    {
        addOne(section, FOLLOWED_APPEND, appendNs);
        addOne(section, FOLLOWED_ACK, ackNs);
    }

    /** A sample was given up by the thread that completes records. */
    public void droppedByLeader()
    {
        buffer.putLongRelease(DROPPED_LEADER_OFFSET, buffer.getLong(DROPPED_LEADER_OFFSET) + 1);
    }

    /** A sample was given up by the follower's thread. */
    public void droppedByFollower()
    {
        buffer.putLongRelease(DROPPED_FOLLOWER_OFFSET, buffer.getLong(DROPPED_FOLLOWER_OFFSET) + 1);
    }

    /**
     * Something happened that slow records may be held against. Any thread.
     *
     * @param what       happened
     * @param who        an agent's number, a broker's, or -1
     * @param endNs      when it was over, on this node's monotonic clock
     * @param durationNs how long it took
     */
    public void happened(final Happening what, final int who, final long endNs, final long durationNs)
    {
        final long sequence = buffer.getAndAddLong(HAPPENINGS_OFFSET, 1);
        final int entry =
            HAPPENINGS_OFFSET + HAPPENINGS_HEAD_LENGTH + (int)(sequence % HAPPENINGS) * HAPPENING_LENGTH;
        buffer.putLongVolatile(entry, -1);
        buffer.putLong(entry + HAPPENING_END_OFFSET, endNs + wallOffsetNs);
        buffer.putLong(entry + HAPPENING_DURATION_OFFSET, durationNs);
        buffer.putInt(entry + HAPPENING_TYPE_OFFSET, what.ordinal());
        buffer.putInt(entry + HAPPENING_WHO_OFFSET, who);
        buffer.putLongRelease(entry, sequence + 1);
    }

    @Override
    public void close()
    {
        BufferUtil.free(memory);
    }

    private void addTo(final int section, final StageSample sample, final Stage first)
    {
        final long totalNs = sample.totalNs();
        final int row = sectionOffset(section) + ROWS_BEGIN + LogLinear.index(totalNs, ROW_BITS, ROWS) * ROW_LENGTH;
        buffer.putLong(row, buffer.getLong(row) + 1);
        buffer.putLong(row + ROW_TOTAL_OFFSET, buffer.getLong(row + ROW_TOTAL_OFFSET) + totalNs);
        for (int i = first.ordinal(); i < Stage.COUNT; i++)
        {
            final long ns = sample.stageNs(Stage.at(i));
            addOne(section, i, ns);
            final int sum = row + ROW_STAGES_OFFSET + i * Long.BYTES;
            buffer.putLong(sum, buffer.getLong(sum) + ns);
        }
        addOne(section, TOTAL, totalNs);
    }

    private void addOne(final int section, final int series, final long ns)
    {
        final int base = sectionOffset(section);
        final int head = base + series * HEAD_LENGTH;
        final int bucket = base + HEADS_LENGTH + series * HISTOGRAM_LENGTH +
            LogLinear.index(ns, HISTOGRAM_BITS, HISTOGRAM_BUCKETS) * Long.BYTES;
        buffer.putLong(bucket, buffer.getLong(bucket) + 1);
        buffer.putLong(head + HEAD_SUM_OFFSET, buffer.getLong(head + HEAD_SUM_OFFSET) + ns);
        if (ns > buffer.getLong(head + HEAD_MAX_OFFSET))
        {
            buffer.putLong(head + HEAD_MAX_OFFSET, ns);
        }
        buffer.putLongRelease(head + HEAD_COUNT_OFFSET, buffer.getLong(head + HEAD_COUNT_OFFSET) + 1);
    }

    private void exemplar(final StageSample sample)
    {
        final long endNs = sample.endNs() + wallOffsetNs;
        final long now = Math.floorDiv(endNs, NS_PER_SECOND);
        if (now != second)
        {
            second = now;
            secondFloorNs = -1;
        }
        if (sample.totalNs() <= secondFloorNs)
        {
            return;
        }
        final int group = EXEMPLARS_OFFSET +
            Math.floorMod(now, EXEMPLAR_SECONDS) * EXEMPLARS_A_SECOND * EXEMPLAR_LENGTH;
        int place = group;
        long leastNs = Long.MAX_VALUE;
        long nextNs = Long.MAX_VALUE;
        for (int i = 0; i < EXEMPLARS_A_SECOND; i++)
        {
            final int entry = group + i * EXEMPLAR_LENGTH;
            final boolean isOfNow = Math.floorDiv(buffer.getLong(entry + EXEMPLAR_END_OFFSET), NS_PER_SECOND) == now;
            final long totalNs = isOfNow ? buffer.getLong(entry + EXEMPLAR_TOTAL_OFFSET) : -1;
            if (totalNs < leastNs)
            {
                nextNs = leastNs;
                leastNs = totalNs;
                place = entry;
            }
            else
            {
                nextNs = Math.min(nextNs, totalNs);
            }
        }
        write(place, sample, endNs);
        secondFloorNs = Math.min(nextNs, sample.totalNs());
    }

    private void write(final int entry, final StageSample sample, final long endNs)
    {
        final long version = buffer.getLong(entry);
        buffer.putLongVolatile(entry, version + 1);
        buffer.putLong(entry + EXEMPLAR_END_OFFSET, endNs);
        buffer.putLong(entry + EXEMPLAR_TOTAL_OFFSET, sample.totalNs());
        buffer.putLong(entry + EXEMPLAR_KEY_OFFSET, sample.key());
        buffer.putLong(entry + EXEMPLAR_RECORD_OFFSET, sample.offset());
        buffer.putInt(entry + EXEMPLAR_FOLLOWER_OFFSET, sample.follower());
        buffer.putInt(entry + EXEMPLAR_ACKS_OFFSET, sample.acks());
        for (int i = 0; i < Stage.COUNT; i++)
        {
            buffer.putLong(entry + EXEMPLAR_STAGES_OFFSET + i * Long.BYTES, sample.stageNs(Stage.at(i)));
        }
        buffer.putLongRelease(entry, version + 2);
    }
}
