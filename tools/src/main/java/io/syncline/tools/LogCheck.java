package io.syncline.tools;

import io.syncline.journal.LogScan;
import io.syncline.protocol.Codes;
import io.syncline.record.BatchFlyweight;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks one partition's log on disk and goes on after a defect: what {@link LogScan} finds (CRCs, offsets, epochs),
 * and whether each producer's sequences are without a gap (I13).
 */
final class LogCheck implements LogScan.Visitor
{
    private final Path directory;
    private final List<Defect> defects = new ArrayList<>();
    private final Long2ObjectHashMap<Sequences> sequences = new Long2ObjectHashMap<>();
    private final BatchFlyweight batch = new BatchFlyweight();
    private LogScan.Result result = new LogScan.Result(-1, -1, -1, 0, 0, 0, false, -1, "", false);

    /**
     * @param file   where it was found
     * @param offset of the first record it concerns, -1 where it concerns them all
     * @param what   in words
     */
    record Defect(String file, long offset, String what)
    {
    }

    private static final class Sequences
    {
        private int epoch;
        private int last;
    }

    private LogCheck(final Path directory)
    {
        this.directory = directory;
    }

    /**
     * @param directory of a partition
     * @return what was found there
     */
    static LogCheck of(final Path directory)
    {
        final LogCheck check = new LogCheck(directory);
        try
        {
            check.result = LogScan.scan(directory, check);
            if (check.result.logEnd() < check.result.synced())
            {
                check.onDefect(directory, check.result.logEnd(),
                    "the log ends here, but was synced up to offset " + check.result.synced());
            }
        }
        catch (final UncheckedIOException | IllegalStateException ex)
        {
            check.onDefect(directory, -1, ex.getMessage());
        }
        return check;
    }

    Path directory()
    {
        return directory;
    }

    /** @return everything that is wrong, in the order it was found */
    List<Defect> defects()
    {
        return defects;
    }

    /** @return offset of the first record kept, -1 when the log could not be opened */
    long logStart()
    {
        return result.logStart();
    }

    /** @return where the log ends, exclusive; -1 when it could not be opened */
    long logEnd()
    {
        return result.logEnd();
    }

    /** @return batches seen */
    long batches()
    {
        return result.batches();
    }

    /** @return records in sound batches */
    long records()
    {
        return result.records();
    }

    @Override
    public void onBatch(final Path file, final long position, final UnsafeBuffer view, final int code)
    {
        if (code == Codes.OK && batch.wrap(view, 0).producerId() >= 0)
        {
            checkSequences(file);
        }
    }

    @Override
    public void onDefect(final Path file, final long offset, final String what)
    {
        defects.add(new Defect(file.getFileName().toString(), offset, what));
    }

    private void checkSequences(final Path file)
    {
        final long producerId = batch.producerId();
        final Sequences known = sequences.get(producerId);
        if (known != null)
        {
            final int next = known.last == Integer.MAX_VALUE ? 0 : known.last + 1;
            final int wanted = batch.producerEpoch() > known.epoch ? 0 : next;
            if (batch.producerEpoch() < known.epoch)
            {
                onDefect(file, batch.baseOffset(), "producer " + producerId + " has epoch " + batch.producerEpoch() +
                    " behind epoch " + known.epoch);
            }
            else if (batch.baseSequence() != wanted)
            {
                onDefect(file, batch.baseOffset(), "producer " + producerId + " has sequence " + batch.baseSequence() +
                    " where " + wanted + " must come");
            }
        }
        final Sequences now = known == null ? new Sequences() : known;
        now.epoch = batch.producerEpoch();
        now.last = batch.lastSequence();
        sequences.put(producerId, now);
    }
}
