package io.syncline.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.syncline.history.HistoryChecker;
import io.syncline.history.HistoryNames;
import io.syncline.history.HistoryViolation;
import io.syncline.history.RecordNames;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.Object2IntHashMap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns files of a run against real processes into the events of a {@link HistoryChecker}. Producers first: a record's
 * send comes before all else about it.
 */
final class HistoryFiles
{
    private static final int NONE = -1;

    /** Times of one partition, for H9 and for gaps. */
    private static final class Times
    {
        private final LongArrayList sent = new LongArrayList();
        private final LongArrayList acked = new LongArrayList();
    }

    /** The names in messages are those of the files. */
    private static final class Names implements HistoryNames
    {
        private final RecordNames records = new RecordNames();
        private final List<String> producers = new ArrayList<>();
        private final List<String> readers = new ArrayList<>();

        @Override
        public String record(final long id)
        {
            return records.record(id);
        }

        @Override
        public String producer(final int producer)
        {
            return producers.get(producer);
        }

        @Override
        public String reader(final int reader)
        {
            return readers.get(reader);
        }
    }

    private final Names names = new Names();
    private final HistoryChecker checker = new HistoryChecker(names, null);
    private final Object2IntHashMap<String> runs = new Object2IntHashMap<>(NONE);
    private final Int2ObjectHashMap<Times> times = new Int2ObjectHashMap<>();
    private final List<String> torn = new ArrayList<>();
    private final boolean isAckCommit;
    private long acked;
    private long failed;
    private long unknown;

    /** @param isAckCommit the producers waited for all in-sync replicas */
    HistoryFiles(final boolean isAckCommit)
    {
        this.isAckCommit = isAckCommit;
    }

    /** @param file that {@code verify produce} wrote, one run or several */
    void produced(final Path file) throws IOException
    {
        note(file, HistoryLines.read(file, (line) -> onProduced(file, line)));
    }

    /**
     * @param file       that {@code verify consume} wrote
     * @param isComplete it read from the beginning to the end after everything had been healed
     */
    void consumed(final Path file, final boolean isComplete) throws IOException
    {
        final int reader = names.readers.size();
        names.readers.add(String.valueOf(file.getFileName()));
        checker.onReader(reader, isComplete);
        note(file, HistoryLines.read(file, (line) ->
        {
            switch (line.event())
            {
                case "record" -> checker.onRead(
                    reader, line.partition(), line.offset(), line.epoch(), names.records.idOf(line.id()), line.tNs());
                case "latest" -> checker.onLatest(reader, line.partition(), line.offset(), line.tNs());
                default -> throw new IllegalArgumentException("event '" + line.event() + "' is none of a reader");
            }
        }));
    }

    /**
     * After every produced file.
     *
     * @param file of faults and of the times from which on everything was healthy
     */
    void faults(final Path file) throws IOException
    {
        final LongArrayList begins = new LongArrayList();
        final LongArrayList healthy = new LongArrayList();
        final LongArrayList bounds = new LongArrayList();
        note(file, HistoryLines.read(file, (line) ->
        {
            if ("healthy".equals(line.event()))
            {
                healthy.addLong(line.tNs());
                bounds.addLong(line.boundNs());
            }
            else
            {
                begins.addLong(line.tNs());
            }
        }));
        for (int i = 0; i < healthy.size(); i++)
        {
            final long fromNs = healthy.getLong(i);
            probe(fromNs, bounds.getLong(i), begins.longStream().filter((begin) -> begin > fromNs).min().orElse(Long.MAX_VALUE));
        }
    }

    /** @param file with the document of {@code replicas verify --format json} */
    void replicas(final Path file) throws IOException
    {
        try (JsonParser json = new JsonFactory().createParser(Files.readString(file)))
        {
            int depth = 0;
            int partition = NONE;
            int leader = NONE;
            int broker = NONE;
            long from = NONE;
            long to = NONE;
            long first = NONE;
            long checksum = NONE;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken())
            {
                switch (token)
                {
                    case START_OBJECT -> depth++;
                    case END_OBJECT ->
                    {
                        if (depth == 3)
                        {
                            checker.onReplicaDiffers(partition, leader, broker, first);
                        }
                        else if (depth == 2)
                        {
                            checker.onReplica(partition, leader, from, to, checksum);
                        }
                        depth--;
                    }
                    case VALUE_NUMBER_INT ->
                    {
                        switch (json.currentName())
                        {
                            case "partition" -> partition = json.getIntValue();
                            case "leader" -> leader = json.getIntValue();
                            case "broker" -> broker = json.getIntValue();
                            case "fromOffset" -> from = json.getLongValue();
                            case "toOffset" -> to = json.getLongValue();
                            case "firstOffset" -> first = json.getLongValue();
                            case "checksum" -> checksum = json.getLongValue();
                            default -> { }
                        }
                    }
                    default -> { }
                }
            }
        }
        catch (final IOException ex)
        {
            throw new CommandFailure(ExitCode.USAGE, file + " is not what replicas verify --format json prints: " + ex, ex);
        }
    }

    /**
     * No more files.
     *
     * @return what was found, the first of each rule
     */
    List<HistoryViolation> check()
    {
        return checker.check();
    }

    HistoryChecker checker()
    {
        return checker;
    }

    long acked()
    {
        return acked;
    }

    long failed()
    {
        return failed;
    }

    /** @return records in doubt: answered so, or not answered */
    long unknown()
    {
        return unknown;
    }

    /** @return records that nobody was told about, because their producer was killed */
    long unanswered()
    {
        return checker.sent() - acked - failed - unknown;
    }

    /** @return files whose last line was torn */
    List<String> torn()
    {
        return torn;
    }

    /** @return when each ack of any partition came, ascending */
    long[] ackTimesNs()
    {
        final LongArrayList all = new LongArrayList();
        times.values().forEach((partition) -> partition.acked.forEachOrderedLong(all::addLong));
        final long[] sorted = all.toLongArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private void onProduced(final Path file, final HistoryLines.Line line)
    {
        if ("summary".equals(line.event()))
        {
            return;
        }
        if (line.id() == null)
        {
            throw new IllegalArgumentException("event '" + line.event() + "' without an id");
        }
        final long id = names.records.idOf(line.id());
        final Times of = times.computeIfAbsent(line.partition(), (partition) -> new Times());
        switch (line.event())
        {
            case "send" ->
            {
                checker.onSend(id, producer(file, line.id()), line.partition(), line.sequence(), line.tNs());
                of.sent.addLong(line.tNs());
            }
            case "ack" ->
            {
                checker.onAck(id, line.offset(), line.epoch(), line.tNs());
                of.acked.addLong(line.tNs());
                acked++;
            }
            case "fail" ->
            {
                checker.onFail(id, line.tNs());
                failed++;
            }
            case "unknown" ->
            {
                checker.onUnknown(id, line.tNs());
                unknown++;
            }
            default -> throw new IllegalArgumentException("event '" + line.event() + "' is none of a producer");
        }
    }

    /** Each run counts its own sequences, also where a file holds several. */
    private int producer(final Path file, final String id)
    {
        final String run = id.substring(0, Math.max(0, id.lastIndexOf('-')));
        int producer = runs.getValue(run);
        if (producer == NONE)
        {
            producer = names.producers.size();
            names.producers.add(run + " of " + file.getFileName());
            runs.put(run, producer);
            checker.onProducer(producer, true, isAckCommit);
        }
        return producer;
    }

    /** Only where somebody wrote, and where the window was long enough. */
    private void probe(final long fromNs, final long boundNs, final long untilNs)
    {
        if (untilNs - fromNs <= boundNs)
        {
            return;
        }
        times.forEach((partition, of) ->
        {
            if (of.sent.longStream().anyMatch((sent) -> sent >= fromNs && sent < fromNs + boundNs / 2))
            {
                checker.onProbe(partition, fromNs,
                    of.acked.longStream().filter((time) -> time >= fromNs && time < untilNs).min().orElse(NONE), boundNs);
            }
        });
    }

    private void note(final Path file, final boolean isTorn)
    {
        if (isTorn)
        {
            torn.add(file.toString());
        }
    }
}
