package io.syncline.journal;

import org.agrona.ErrorHandler;

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
}
