package io.syncline.tools;

import io.syncline.journal.JournalView;
import io.syncline.protocol.Codes;
import io.syncline.record.BatchFlyweight;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks one partition's log on disk, batch by batch, and goes on after a defect: CRCs (R8.1), contiguous offsets and
 * epochs that do not decrease (I4), epochs as the history has them (R1.6), sequences of each producer without a gap
 * (I13).
 */
final class LogCheck implements JournalView.Visitor
{
    private final Path directory;
    private final List<Defect> defects = new ArrayList<>();
    private final Long2ObjectHashMap<Sequences> sequences = new Long2ObjectHashMap<>();
    private final BatchFlyweight batch = new BatchFlyweight();
    private JournalView log;
    private int lastEpoch = -1;
    private long logStart = -1;
    private long logEnd = -1;
    private long batches;
    private long records;

    /**
     * @param file   name of the segment
     * @param offset where it was found
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
    static LogCheck of(final Path directory) throws IOException
    {
        final LogCheck check = new LogCheck(directory);
        try (JournalView log = JournalView.open(directory))
        {
            check.log = log;
            check.logStart = log.logStart();
            check.logEnd = log.logEnd();
            log.visit(check);
            if (log.logEnd() < log.synced())
            {
                check.defects.add(new Defect("manifest", log.logEnd(),
                    "the log can be read to here, but was synced to offset " + log.synced()));
            }
        }
        catch (final IOException | IllegalStateException ex)
        {
            check.defects.add(new Defect("manifest", -1, ex.getMessage()));
        }
        return check;
    }

    Path directory()
    {
        return directory;
    }

    /** @return everything that is wrong, in the order of the log */
    List<Defect> defects()
    {
        return defects;
    }

    /** @return offset of the first record kept, -1 when the log could not be opened */
    long logStart()
    {
        return logStart;
    }

    /** @return where the log can be read to, exclusive; -1 when it could not be opened */
    long logEnd()
    {
        return logEnd;
    }

    /** @return batches seen */
    long batches()
    {
        return batches;
    }

    /** @return records in sound batches */
    long records()
    {
        return records;
    }

    @Override
    public void onBatch(
        final String file,
        final DirectBuffer buffer,
        final int offset,
        final int length,
        final long expected,
        final int code)
    {
        batches++;
        batch.wrap(buffer, offset);
        if (code != Codes.OK)
        {
            defects.add(new Defect(file, expected, Codes.describe(code) + ": " +
                (code == Codes.CORRUPT_BATCH ? "a CRC does not match" : "lengths or counts do not agree")));
            return;
        }
        records += batch.count();
        if (batch.baseOffset() != expected)
        {
            defects.add(new Defect(file, expected, "base offset is " + batch.baseOffset()));
        }
        if (batch.leaderEpoch() < lastEpoch)
        {
            defects.add(new Defect(file, expected, "epoch " + batch.leaderEpoch() + " behind epoch " + lastEpoch));
        }
        lastEpoch = Math.max(lastEpoch, batch.leaderEpoch());
        final int known = log.epochs().epochAt(expected);
        if (expected < log.logEnd() && known != batch.leaderEpoch())
        {
            defects.add(new Defect(file, expected,
                "epoch " + batch.leaderEpoch() + ", but the epoch history has " + known));
        }
        if (batch.producerId() >= 0)
        {
            checkSequences(file, expected);
        }
    }

    @Override
    public void onBroken(final String file, final long offset, final String what)
    {
        defects.add(new Defect(file, offset, what));
    }

    private void checkSequences(final String file, final long offset)
    {
        final long producerId = batch.producerId();
        final Sequences known = sequences.get(producerId);
        if (known != null)
        {
            final int next = known.last == Integer.MAX_VALUE ? 0 : known.last + 1;
            final int wanted = batch.producerEpoch() > known.epoch ? 0 : next;
            if (batch.producerEpoch() < known.epoch)
            {
                defects.add(new Defect(file, offset, "producer " + producerId + " has epoch " + batch.producerEpoch() +
                    " behind epoch " + known.epoch));
            }
            else if (batch.baseSequence() != wanted)
            {
                defects.add(new Defect(file, offset, "producer " + producerId + " has sequence " +
                    batch.baseSequence() + " where " + wanted + " must come"));
            }
        }
        final Sequences now = known == null ? new Sequences() : known;
        now.epoch = batch.producerEpoch();
        now.last = batch.lastSequence();
        sequences.put(producerId, now);
    }
}
