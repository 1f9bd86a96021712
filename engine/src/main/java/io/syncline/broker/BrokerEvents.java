package io.syncline.broker;

import io.syncline.protocol.PartitionKey;
import io.syncline.replica.Assignment;
import org.agrona.concurrent.EpochClock;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * What a person reads after the fact: one line for each change of state, with old and new, offsets and the reason.
 * Written by the conductor alone; never on the path of a record.
 */
final class BrokerEvents implements AutoCloseable
{
    /** Name of the file in {@code log.dir}. */
    static final String FILE_NAME = "events.log";

    private final EpochClock clock;
    private final PrintStream out;

    /**
     * @param file  appended to
     * @param clock for the time of each line
     */
    BrokerEvents(final File file, final EpochClock clock)
    {
        this(open(file), clock);
    }

    /**
     * @param out   takes the lines, closed with this
     * @param clock for the time of each line
     */
    BrokerEvents(final PrintStream out, final EpochClock clock)
    {
        this.out = out;
        this.clock = clock;
    }

    private static PrintStream open(final File file)
    {
        try
        {
            return new PrintStream(new FileOutputStream(file, true), true, StandardCharsets.UTF_8);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot write " + file, ex);
        }
    }

    /** A partition's replica here has another role. */
    void roleChanged(
        final long key, final String oldRole, final String newRole, final Assignment assignment, final long logStart,
        final long logEnd, final long highWatermark)
    {
        line("partition " + PartitionKey.toString(key) + " " + oldRole + " -> " + newRole +
            " leader=" + assignment.leader() + " leaderEpoch=" + assignment.leaderEpoch() +
            " partitionEpoch=" + assignment.partitionEpoch() + " isr=" + Arrays.toString(assignment.isr()) +
            " elr=" + Arrays.toString(assignment.elr()) + " logStart=" + logStart + " logEnd=" + logEnd +
            " highWatermark=" + highWatermark);
    }

    /** Same role, other metadata. */
    void assignmentChanged(final Assignment old, final Assignment assignment)
    {
        if (!Arrays.equals(old.isr(), assignment.isr()))
        {
            line("partition " + PartitionKey.toString(assignment.key()) + " isr " + Arrays.toString(old.isr()) + " -> " +
                Arrays.toString(assignment.isr()) + " leaderEpoch=" + assignment.leaderEpoch() +
                " partitionEpoch=" + assignment.partitionEpoch() + " elr=" + Arrays.toString(assignment.elr()));
        }
    }

    /** The log lost its end, or its beginning. */
    void truncated(
        final long key, final int leaderEpoch, final long oldEnd, final long newStart, final long newEnd,
        final String reason)
    {
        line("partition " + PartitionKey.toString(key) + " log end " + oldEnd + " -> " + newEnd + " logStart=" + newStart +
            " leaderEpoch=" + leaderEpoch + ": " + reason);
    }

    /** Anything else that happens to a partition. */
    void partition(final long key, final String what)
    {
        line("partition " + PartitionKey.toString(key) + " " + what);
    }

    /** Anything that happens to the broker. */
    void broker(final String what)
    {
        line(what);
    }

    @Override
    public void close()
    {
        out.close();
    }

    private void line(final String text)
    {
        out.println(Instant.ofEpochMilli(clock.time()) + " " + text);
    }
}
