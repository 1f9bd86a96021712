package io.syncline.broker;

import io.syncline.protocol.PartitionKey;
import org.agrona.BufferUtil;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The broker's counters, in a mapped file that tools read without the process's help. Counters are allocated and freed
 * by the conductor, written by the agents they are handed to.
 * <pre>
 *   0        4        8            12           64
 *  +--------+--------+------------+---//-------+----------------------+--------------------+
 *  | magic  |version | values len |  reserved  | metadata (4 * values)|       values       |
 *  +--------+--------+------------+---//-------+----------------------+--------------------+
 * </pre>
 * The key of a partition's counter is {topic id: long, partition: int, broker: int}.
 */
public final class BrokerCounters implements AutoCloseable
{
    /** Name of the file in {@code log.dir}. */
    public static final String FILE_NAME = "counters.dat";
    /** Type of a counter: LEO of a partition's replica. */
    public static final int LOG_END_TYPE_ID = 2001;
    /** Type of a counter: high watermark of a partition's replica. */
    public static final int HIGH_WATERMARK_TYPE_ID = 2002;
    /** Type of a counter: leader epoch of the replica's role. */
    public static final int LEADER_EPOCH_TYPE_ID = 2003;
    /** Type of a counter: size of the committed ISR. */
    public static final int ISR_SIZE_TYPE_ID = 2004;
    /** Type of a counter: broker id of the partition's leader, -1 for none. */
    public static final int LEADER_TYPE_ID = 2005;
    /** Type of a counter: members of the committed ISR, bit n for the broker with the id n; those from 63 on are left out. */
    public static final int ISR_TYPE_ID = 2006;
    /**
     * Type of a counter: batches whose writer had to make room on the device itself, because housekeeping had not; few
     * while it keeps up, and each of them as slow as the device.
     */
    public static final int UNRESERVED_APPENDS_TYPE_ID = 2007;
    /** Type of a counter: consumers that read from this broker's replica. */
    public static final int READERS_TYPE_ID = 2008;
    /** Type of a counter: turns of an agent. */
    public static final int CYCLES_TYPE_ID = 2010;
    /** Type of a counter: longest time between two turns of an agent, nanoseconds. */
    public static final int LONGEST_CYCLE_TYPE_ID = 2011;
    /** Type of a counter: asynchronous errors so far. */
    public static final int ERRORS_TYPE_ID = 2012;
    /**
     * Type of a counter: incarnation of the registration that the controller has now, -1 while there is none; its key is
     * the broker's id, an int.
     */
    public static final int REGISTRATION_TYPE_ID = 2090;

    /** Type of a counter: frames sent over all streams of a conversation; its key begins with the stream id, an int. */
    public static final int SENT_TYPE_ID = 2013;
    /** Type of a counter: offers refused because a stream was full; key as {@link #SENT_TYPE_ID}. */
    public static final int REFUSED_TYPE_ID = 2014;
    /** Type of a counter: frames received over all streams of a conversation; key as {@link #SENT_TYPE_ID}. */
    public static final int RECEIVED_TYPE_ID = 2015;
    /** Type of a counter: times a log went on in its next segment. */
    public static final int ROLLS_TYPE_ID = 2016;
    /** Type of a counter: times it had to make that segment itself, because housekeeping had not. */
    public static final int UNPREPARED_ROLLS_TYPE_ID = 2017;

    private static final int MAGIC = 0x53_59_4E_43;
    private static final int VERSION = 1;
    private static final int HEADER_LENGTH = 64;
    private static final int VALUES_LENGTH = 1024 * 1024;
    private static final int METADATA_RATIO =
        CountersReader.METADATA_LENGTH / CountersReader.COUNTER_LENGTH;

    private final int brokerId;
    private final ByteBuffer memory;
    private final CountersManager counters;

    /**
     * @param brokerId written into each counter's key
     * @param file     created anew
     */
    BrokerCounters(final int brokerId, final File file)
    {
        this(brokerId, newFile(file), VALUES_LENGTH);
    }

    /**
     * @param brokerId     written into each counter's key
     * @param memory       zeroed, with room for {@link #lengthOf(int)}; freed with the counters
     * @param valuesLength bytes for values
     */
    BrokerCounters(final int brokerId, final ByteBuffer memory, final int valuesLength)
    {
        this.brokerId = brokerId;
        this.memory = memory;
        final UnsafeBuffer all = new UnsafeBuffer(memory);
        all.putInt(4, VERSION);
        all.putInt(8, valuesLength);
        counters = new CountersManager(
            new UnsafeBuffer(all, HEADER_LENGTH, valuesLength * METADATA_RATIO),
            new UnsafeBuffer(all, HEADER_LENGTH + valuesLength * METADATA_RATIO, valuesLength));
        all.putIntRelease(0, MAGIC);
    }

    /**
     * @param valuesLength bytes for values
     * @return bytes of the whole
     */
    static int lengthOf(final int valuesLength)
    {
        return HEADER_LENGTH + valuesLength * (METADATA_RATIO + 1);
    }

    /**
     * Reads the counters of a running or stopped broker.
     *
     * @param mapped the whole file, mapped by the caller
     * @return its counters
     * @throws IllegalArgumentException when it is not such a file
     */
    public static CountersReader reader(final MappedByteBuffer mapped)
    {
        final UnsafeBuffer all = new UnsafeBuffer(mapped);
        if (all.capacity() < HEADER_LENGTH || all.getIntVolatile(0) != MAGIC || all.getInt(4) != VERSION)
        {
            throw new IllegalArgumentException("not a counters file of version " + VERSION);
        }
        final int valuesLength = all.getInt(8);
        return new CountersReader(
            new UnsafeBuffer(all, HEADER_LENGTH, valuesLength * METADATA_RATIO),
            new UnsafeBuffer(all, HEADER_LENGTH + valuesLength * METADATA_RATIO, valuesLength));
    }

    /**
     * @param typeId of a counter
     * @return whether it is one of a partition's, with the key of such
     */
    public static boolean isOfPartition(final int typeId)
    {
        return typeId >= LOG_END_TYPE_ID && typeId <= READERS_TYPE_ID;
    }

    /**
     * @param key   of a partition
     * @param topic name for people
     * @return new counters, to be closed by the caller
     */
    PartitionCounters partition(final long key, final String topic)
    {
        final String name = topic + "-" + PartitionKey.partition(key);
        return new PartitionCounters(
            partition(key, LOG_END_TYPE_ID, "log-end " + name),
            partition(key, HIGH_WATERMARK_TYPE_ID, "high-watermark " + name),
            partition(key, LEADER_EPOCH_TYPE_ID, "leader-epoch " + name),
            partition(key, ISR_SIZE_TYPE_ID, "isr-size " + name),
            partition(key, LEADER_TYPE_ID, "leader " + name),
            partition(key, ISR_TYPE_ID, "isr " + name),
            partition(key, UNRESERVED_APPENDS_TYPE_ID, "unreserved-appends " + name),
            partition(key, READERS_TYPE_ID, "readers " + name));
    }

    /** @return counts what goes over the streams of one conversation */
    AtomicCounter stream(final String label, final int typeId, final int streamId)
    {
        return counters.newCounter(label, typeId, (buffer) -> buffer.putInt(0, streamId));
    }

    /** @return counts logs that go on in their next segment */
    AtomicCounter rolls()
    {
        return counters.newCounter("segment rolls", ROLLS_TYPE_ID);
    }

    /** @return counts those of them that made the segment themselves */
    AtomicCounter unpreparedRolls()
    {
        return counters.newCounter("unprepared segment rolls", UNPREPARED_ROLLS_TYPE_ID);
    }

    /**
     * @param agent name for people
     * @return watches that agent's turns
     */
    DutyCycle dutyCycle(final String agent)
    {
        return new DutyCycle(
            counters.newCounter("cycles " + agent, CYCLES_TYPE_ID),
            counters.newCounter("longest-cycle-ns " + agent, LONGEST_CYCLE_TYPE_ID));
    }

    /** @return shows whether the broker is registered */
    AtomicCounter registration()
    {
        final AtomicCounter counter = counters.newCounter(
            "registration", REGISTRATION_TYPE_ID, (buffer) -> buffer.putInt(0, brokerId));
        counter.setRelease(-1);
        return counter;
    }

    /**
     * Asks a broker's file from outside; a killed broker leaves its last words there.
     *
     * @param file of a broker
     * @return true where it says that the broker is registered; false also where there is no such file
     */
    public static boolean isRegistered(final File file)
    {
        if (file.length() < HEADER_LENGTH)
        {
            return false;
        }
        final MappedByteBuffer mapped = IoUtil.mapExistingFile(file, FileChannel.MapMode.READ_ONLY, "counters");
        try
        {
            final CountersReader reader = reader(mapped);
            final boolean[] isRegistered = { false };
            reader.forEach((counterId, typeId, keyBuffer, label) ->
                isRegistered[0] |= typeId == REGISTRATION_TYPE_ID && reader.getCounterValue(counterId) >= 0);
            return isRegistered[0];
        }
        catch (final IllegalArgumentException ex)
        {
            return false;
        }
        finally
        {
            BufferUtil.free(mapped);
        }
    }

    /** @return counts asynchronous errors */
    AtomicCounter errors()
    {
        return counters.newCounter("errors", ERRORS_TYPE_ID);
    }

    /** @return the counters themselves, for reading */
    CountersReader reader()
    {
        return counters;
    }

    @Override
    public void close()
    {
        BufferUtil.free(memory);
    }

    private static MappedByteBuffer newFile(final File file)
    {
        IoUtil.deleteIfExists(file);
        return IoUtil.mapNewFile(file, lengthOf(VALUES_LENGTH));
    }

    private AtomicCounter partition(final long key, final int typeId, final String label)
    {
        return counters.newCounter(
            label,
            typeId,
            (buffer) ->
            {
                buffer.putLong(0, PartitionKey.topicId(key));
                buffer.putInt(8, PartitionKey.partition(key));
                buffer.putInt(12, brokerId);
            });
    }
}
