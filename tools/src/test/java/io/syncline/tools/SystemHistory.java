package io.syncline.tools;

import io.syncline.history.HistoryChecker;
import io.syncline.history.HistoryViolation;
import org.awaitility.Awaitility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes down what clients in processes of their own see of a topic while things break: one producer with acks=all, a
 * reader of the leader and readers of given brokers, and in the end readers of everything. Judged by the rules H1 to
 * H10.
 */
final class SystemHistory implements AutoCloseable
{
    private static final long PRODUCER_RECORDS = 100_000_000;
    private static final Duration END_TIMEOUT = Duration.ofSeconds(90);

    /** The outcome. */
    record Verdict(
        long sent, long acked, long failed, long unknown, long lost, long doubled, long reordered, long other, SystemGaps gaps,
        SystemGaps healed, List<HistoryViolation> violations, List<String> unjudged)
    {
    }

    private final Path dir;
    private final String bootstrap;
    private final String topic;
    private final List<String> prefix;
    private final List<SynclineProcess> watchers = new ArrayList<>();
    private final List<Path> watched = new ArrayList<>();
    private final List<Beside> besides = new ArrayList<>();
    private final List<Long> faultsNs = new ArrayList<>();
    private final List<Long> healedNs = new ArrayList<>();
    private SynclineProcess producer;

    /**
     * @param dir       for the files, which stay
     * @param bootstrap of the cluster
     * @param topic     that exists
     * @param prefix    of every client's command line
     */
    SystemHistory(final Path dir, final String bootstrap, final String topic, final List<String> prefix)
    {
        this.dir = dir;
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.prefix = prefix;
    }

    /**
     * Starts the clients; returns when records are acknowledged and read.
     *
     * @param rate    records a second
     * @param readers where to read meanwhile: "leader" or a broker's id
     */
    void start(final int rate, final String... readers) throws IOException
    {
        Files.createDirectories(dir);
        producer = SynclineProcess.start(dir, prefix, sent(), "verify", "produce", "--topic", topic,
            "--records", Long.toString(PRODUCER_RECORDS), "--rate", Integer.toString(rate), "--size", "100", "--acks", "all",
            "--bootstrap", bootstrap);
        for (final String reader : readers)
        {
            final Path file = dir.resolve("watched-" + reader + ".jsonl");
            watched.add(file);
            watchers.add(SynclineProcess.start(dir, prefix, file, "verify", "consume", "--topic", topic, "--read-from", reader,
                "--latest", "--bootstrap", bootstrap));
        }
        Awaitility.await("records are acknowledged and read").atMost(END_TIMEOUT).pollInterval(Duration.ofMillis(100)).until(() ->
        {
            if (!producer.isAlive())
            {
                throw new IllegalStateException("verify produce has ended: " + producer.errors());
            }
            return contains(sent(), "\"event\":\"ack\"") &&
                watched.stream().allMatch((file) -> contains(file, "\"event\":\"record\""));
        });
    }

    /**
     * Starts one more producer, whose records are judged with the others'; its acks are in no gap.
     *
     * @param own    prefix of its command line
     * @param rate   records a second
     * @return the producer, once records are acknowledged
     */
    Beside startBeside(final List<String> own, final int rate) throws IOException
    {
        final Path file = dir.resolve("sent-beside-" + besides.size() + ".jsonl");
        final Beside beside = new Beside(
            SynclineProcess.start(dir, own, file, "verify", "produce", "--topic", topic, "--records",
                Long.toString(PRODUCER_RECORDS), "--rate", Integer.toString(rate), "--size", "100", "--acks", "all",
                "--bootstrap", bootstrap),
            file);
        besides.add(beside);
        Awaitility.await("records of one more producer are acknowledged").atMost(END_TIMEOUT)
            .pollInterval(Duration.ofMillis(100)).until(() -> contains(file, "\"event\":\"ack\""));
        return beside;
    }

    /**
     * One more producer.
     *
     * @param process of it
     * @param file    it writes
     */
    record Beside(SynclineProcess process, Path file)
    {
        /** @return when its acks came, ascending; it has been told to end */
        long[] end() throws IOException
        {
            process.terminate();
            final HistoryFiles files = new HistoryFiles(true);
            files.produced(file);
            return files.ackTimesNs();
        }
    }

    /** Something is about to break. */
    void fault(final String what)
    {
        final long nowNs = System.nanoTime();
        faultsNs.add(nowNs);
        note("{\"event\":\"fault\",\"what\":\"" + what + "\",\"tNs\":" + nowNs + "}");
    }

    /**
     * Everything works again.
     *
     * @param bound within which writes must be accepted
     */
    void healthy(final Duration bound)
    {
        final long nowNs = System.nanoTime();
        healedNs.add(nowNs);
        note("{\"event\":\"healthy\",\"tNs\":" + nowNs + ",\"boundNs\":" + bound.toNanos() + "}");
    }

    /** A client that gave up shows nothing any more. */
    void checkClients()
    {
        if (!producer.isAlive())
        {
            throw new IllegalStateException("verify produce has ended: " + producer.errors());
        }
        for (int i = 0; i < watchers.size(); i++)
        {
            if (!watchers.get(i).isAlive())
            {
                throw new IllegalStateException("the reader " + watched.get(i) + " has ended: " + watchers.get(i).errors());
            }
        }
    }

    /**
     * Ends the clients, reads every replica from beginning to end, compares them and judges.
     *
     * @param brokers that hold the topic
     */
    Verdict finish(final List<Integer> brokers) throws IOException
    {
        checkClients();
        producer.terminate();
        final HistoryFiles files = new HistoryFiles(true);
        files.produced(sent());
        final long[] acksNs = files.ackTimesNs();
        for (final Beside beside : besides)
        {
            files.produced(beside.file());
        }
        for (final int broker : brokers)
        {
            final Path file = dir.resolve("read-" + broker + ".jsonl");
            readAll(broker, file, files.acked());
            files.consumed(file, true);
        }
        watchers.forEach(SynclineProcess::terminate);
        for (final Path file : watched)
        {
            files.consumed(file, false);
        }
        files.replicas(replicas());
        if (Files.exists(faults()))
        {
            files.faults(faults());
        }
        final List<HistoryViolation> violations = files.check();
        final HistoryChecker checker = files.checker();
        final long lost = checker.violations("H1");
        final long doubled = checker.violations("H2") + checker.violations("H4");
        final long reordered = checker.violations("H5") + checker.violations("H7");
        final long all = checker.rules().stream().mapToLong(checker::violations).sum();
        return new Verdict(checker.sent(), files.acked(), files.failed(), files.unknown(), lost, doubled, reordered,
            all - lost - doubled - reordered,
            SystemGaps.of(acksNs, times(faultsNs)), SystemGaps.untilWritten(acksNs, times(healedNs)), violations,
            checker.rules().stream().filter((rule) -> checker.judged(rule) == 0).toList());
    }

    /**
     * Has a broker read from beginning to end. A reader ends when nothing came for a while, which is also what a broker
     * looks like that gets no CPU: who came back with less than was acknowledged is sent once more, and what is really
     * lost is still lost then.
     */
    private void readAll(final int broker, final Path file, final long acked) throws IOException
    {
        final long startNs = System.nanoTime();
        long read = -1;
        while (read < acked && System.nanoTime() - startNs < END_TIMEOUT.toNanos())
        {
            try (SynclineProcess reader = SynclineProcess.start(dir, prefix, file, "verify", "consume", "--topic",
                topic, "--read-from", Integer.toString(broker), "--until-idle", "3s", "--bootstrap", bootstrap))
            {
                if (reader.await() != ExitCode.OK)
                {
                    throw new IllegalStateException("verify consume of broker " + broker + ": " + reader.errors());
                }
            }
            try (Stream<String> lines = Files.lines(file))
            {
                read = lines.count();
            }
        }
    }

    /** Ends the clients without a judgement. */
    void stop()
    {
        checkClients();
        producer.terminate();
        watchers.forEach(SynclineProcess::terminate);
    }

    @Override
    public void close()
    {
        watchers.forEach(SynclineProcess::close);
        besides.forEach((beside) -> beside.process().close());
        if (producer != null)
        {
            producer.close();
        }
    }

    /** @return what the producer writes down */
    Path sent()
    {
        return dir.resolve("sent.jsonl");
    }

    private Path faults()
    {
        return dir.resolve("faults.jsonl");
    }

    private Path replicas()
    {
        final Path file = dir.resolve("replicas.json");
        try (SynclineProcess verify = SynclineProcess.start(
            dir, prefix, file, "replicas", "verify", topic, "--format", "json", "--bootstrap", bootstrap))
        {
            final int exitCode = verify.await();
            if (exitCode != ExitCode.OK && exitCode != ExitCode.CHECK_FAILED)
            {
                throw new IllegalStateException("replicas verify: " + verify.errors());
            }
        }
        return file;
    }

    private void note(final String line)
    {
        try
        {
            Files.writeString(faults(), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private static long[] times(final List<Long> timesNs)
    {
        return timesNs.stream().mapToLong(Long::longValue).toArray();
    }

    private static boolean contains(final Path file, final String text)
    {
        try
        {
            return Files.exists(file) && Files.readString(file).contains(text);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
