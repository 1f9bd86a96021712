package io.syncline.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The performance goals that {@code bench compare} can show, each with the runs that show it. */
final class Goals
{
    /** From the fastest on, each upon what those before it have compiled: the slowest would take minutes to. */
    private static final long[] LATENCY_RATES = {100_000, 50_000, 10_000, 1_000};
    private static final String P50 = "responseUs.p50";
    private static final String P99 = "responseUs.p99";
    private static final String CPU = "cpuSecondsPerMillion";
    private static final String TIMES = "times";

    private Goals()
    {
    }

    /**
     * @param duration   of each recorded load, as {@code --duration} has it
     * @param warmup     likewise
     * @param peerWarmup likewise, where Kafka is in the series: its brokers take long to compile
     * @param isKafka    rows that need Kafka are wanted
     * @return rows by the runs behind them
     */
    static Map<Measurement, List<Goal>> all(
        final String duration, final String warmup, final String peerWarmup, final boolean isKafka)
    {
        final Map<Measurement, List<Goal>> all = new LinkedHashMap<>();
        for (final String threading : List.of("invoker", "shared"))
        {
            all.put(floor("ipc", threading, duration, warmup), floorGoals("IPC, " + threading, 3, 5, 50, threading));
            all.put(floor("udp", threading, duration, warmup), floorGoals("UDP, " + threading, 1.5, 70, 200, threading));
        }
        all.put(new Measurement(systems("syncline:processes", isKafka, "aeron:processes"),
            load(latencyRates(), "256", duration, isKafka ? peerWarmup : warmup), false), processGoals(isKafka));
        if (isKafka)
        {
            final List<String> sleeping = new ArrayList<>(load("100000", "256", duration, peerWarmup));
            sleeping.addAll(List.of("--idle", "sleep"));
            all.put(new Measurement(List.of("syncline:processes,linger=1ms", "kafka", "kafka,linger=1ms"), sleeping, false),
                List.of(
                    Goal.atMost("G4", "CPU time a record with linger 1 ms against Kafka's without, " + text(100_000), 0.1, TIMES,
                        (runs) -> runs.ratio(100_000, 1, CPU)),
                    Goal.atMost("G4", "the same against Kafka's with as much", 0.1, TIMES,
                        (runs) -> runs.ratio(100_000, 2, CPU))));
        }
        for (final String size : isKafka ? List.of("64", "256") : List.<String>of())
        {
            all.put(new Measurement(List.of("syncline:processes", "kafka"), load("0", size, duration, peerWarmup), false),
                List.of(Goal.atLeast("G3", size + "-byte records a second, processes, against Kafka's", 5, TIMES,
                    (runs) -> runs.ratio(0, 1, "throughput"))));
        }
        all.put(new Measurement(List.of("syncline:ipc,threading=shared"), load("0", "64", duration, warmup), false),
            List.of(Goal.atLeast("G3", "64-byte records a second, embedded", 5_000_000, "a second",
                (runs) -> runs.figure(0, 0, "throughput"))));
        all.put(new Measurement(List.of("syncline:processes"),
            List.of("--rate", "1000", "--duration", "8s", "--warmup", "3s", "--kill-leader-after", "3s"), false),
            List.of(
                Goal.atMost("G6", "gap in acks after SIGKILL of the leader, median", 300, "ms",
                    (runs) -> runs.figure(1_000, 0, "longestGapMs")),
                Goal.atMost("G6", "the same, the longest of the rounds", 1_000, "ms", (runs) ->
                {
                    final Spread gap = runs.figure(1_000, 0, "longestGapMs");
                    return gap == null ? null : new Spread(gap.min(), gap.max(), gap.max());
                })));
        all.put(new Measurement(List.of("syncline:processes", "syncline:processes,read-from=follower"),
            load("10000", "256", duration, warmup), true),
            List.of(
                Goal.atMost("G9", "delivered p50 against ack p50, from the leader, 10,000 a second", 1.3, TIMES,
                    (runs) -> runs.ratio(10_000, 0, "deliveredUs.p50", 0, P50)),
                Goal.atMost("G9", "delivered p50 from a follower against from the leader: one more hop", 1.5, TIMES,
                    (runs) -> runs.ratio(10_000, 1, "deliveredUs.p50", 0, "deliveredUs.p50"))));
        return all;
    }

    private static Measurement floor(
        final String layout, final String threading, final String duration, final String warmup)
    {
        return new Measurement(
            List.of("syncline:" + layout + ",threading=" + threading, "aeron:" + layout + ",threading=" + threading),
            load("10000,100000", "256", duration, warmup), false);
    }

    private static List<Goal> floorGoals(
        final String layout, final double medianTimes, final double p50Us, final double p99Us, final String threading)
    {
        final List<Goal> goals = new ArrayList<>();
        for (final long rate : new long[]{10_000, 100_000})
        {
            goals.add(Goal.atMost("G1", "ack p50 against bare Aeron, " + layout + ", " + text(rate), medianTimes, TIMES,
                (runs) -> runs.ratio(rate, 1, P50)));
            goals.add(Goal.atMost("G1", "ack p99 against bare Aeron, " + layout + ", " + text(rate), 3, TIMES,
                (runs) -> runs.ratio(rate, 1, P99)));
        }
        if ("invoker".equals(threading))
        {
            goals.add(Goal.atMost("G1", "ack p50, " + layout + ", " + text(10_000), p50Us, "us",
                (runs) -> runs.figure(10_000, 0, P50)));
            goals.add(Goal.atMost("G1", "ack p99, " + layout + ", " + text(10_000), p99Us, "us",
                (runs) -> runs.figure(10_000, 0, P99)));
        }
        return goals;
    }

    private static List<Goal> processGoals(final boolean isKafka)
    {
        final List<Goal> goals = new ArrayList<>();
        final int floor = isKafka ? 2 : 1;
        for (final long rate : LATENCY_RATES)
        {
            if (isKafka)
            {
                goals.add(Goal.atMost("G2", "ack p50 against Kafka's, processes, " + text(rate), 0.1, TIMES,
                    (runs) -> runs.ratio(rate, 1, P50)));
                goals.add(Goal.atMost("G2", "ack p99 against Kafka's, processes, " + text(rate), 1, TIMES,
                    (runs) -> runs.ratio(rate, 1, P99)));
            }
            goals.add(Goal.atMost("G2", "ack p99 against bare Aeron, processes, " + text(rate), 1.5, TIMES,
                (runs) -> runs.ratio(rate, floor, P99)));
        }
        return goals;
    }

    private static List<String> systems(final String first, final boolean isKafka, final String last)
    {
        return isKafka ? List.of(first, "kafka", last) : List.of(first, last);
    }

    private static List<String> load(final String rates, final String size, final String duration, final String warmup)
    {
        return List.of("--rate", rates, "--size", size, "--duration", duration, "--warmup", warmup);
    }

    private static String latencyRates()
    {
        return LongStream.of(LATENCY_RATES).mapToObj(Long::toString).collect(Collectors.joining(","));
    }

    private static String text(final long rate)
    {
        return String.format(java.util.Locale.ROOT, "%,d a second", rate);
    }
}
