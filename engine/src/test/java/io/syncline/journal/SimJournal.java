package io.syncline.journal;

import io.syncline.replica.ReplicaLog;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.file.Path;
import java.util.function.Consumer;

/** Journals in small segments on a simulated disk. */
public final class SimJournal
{
    private SimJournal()
    {
    }

    /**
     * @param disk         of the machine
     * @param directory    {@code log.dir}
     * @param segmentBytes small ones are rolled often
     * @param crashHook    sees each step of a change to several files
     * @param errorHandler takes what fails
     * @return settings, concluded
     */
    public static JournalContext context(
        final SimDisk disk, final Path directory, final int segmentBytes, final Consumer<String> crashHook,
        final ErrorHandler errorHandler)
    {
        final JournalContext context = new JournalContext()
            .directory(directory)
            .disk(disk)
            .compactAtRecords(64)
            .crashHook(crashHook::accept)
            .errorHandler(errorHandler)
            .segmentBytesMin(segmentBytes)
            .segmentBytes(segmentBytes)
            .maxBatchBytes(segmentBytes / 4)
            .conclude();
        disk.createDirectory(JournalLayout.partitions(directory));
        return context;
    }

    /**
     * @param log open
     * @return true once its device has failed
     */
    public static boolean isFailed(final ReplicaLog log)
    {
        return ((ChronicleLog)log).isFailed();
    }

    /**
     * What nobody has open, read from outside: no fault of the device concerns that.
     *
     * @param disk      it lies on
     * @param directory of the partition
     * @return a reader of it
     */
    public static LogReader offline(final SimDisk disk, final Path directory)
    {
        disk.isLookedAt(true);
        try
        {
            return LogReader.offline(disk, directory);
        }
        finally
        {
            disk.isLookedAt(false);
        }
    }

    /**
     * @param disk   it lies on
     * @param reader of {@link #offline}
     * @param offset wanted
     * @param view   wrapped around the batch
     * @return as {@link LogReader#read}
     */
    public static int look(final SimDisk disk, final LogReader reader, final long offset, final UnsafeBuffer view)
    {
        disk.isLookedAt(true);
        try
        {
            return reader.read(offset, Long.MAX_VALUE, view);
        }
        finally
        {
            disk.isLookedAt(false);
        }
    }

    /**
     * What a reader would be given, without a trace of the question: who looks from outside finds no damage for the
     * log.
     *
     * @param disk   it lies on
     * @param log    open
     * @param offset wanted
     * @param view   wrapped around the batch
     * @return as {@link LogReader#read}
     */
    public static int look(final SimDisk disk, final ReplicaLog log, final long offset, final UnsafeBuffer view)
    {
        final ChronicleLog journal = (ChronicleLog)log;
        final long suspect = journal.state().suspectOffset();
        disk.isLookedAt(true);
        try (LogReader reader = journal.newReader())
        {
            return reader.read(offset, Long.MAX_VALUE, view);
        }
        finally
        {
            disk.isLookedAt(false);
            journal.state().suspect(suspect);
        }
    }
}
