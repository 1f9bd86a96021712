package io.syncline.simulator;

import java.util.HashMap;
import java.util.Map;

/**
 * How one run is set up, drawn from its seed (swarm): each class of faults is on in half of the runs.
 *
 * @param seed            of everything that is drawn while it runs
 * @param brokers         1 to 7
 * @param replication     replicas of each partition
 * @param minIsr          m
 * @param partitions      of the first topic
 * @param fsynced         durability level
 * @param syncIntervalUs  time between two syncs of a disk
 * @param records         offered by the producers
 * @param faults          planned
 * @param safetyMs        length of the SAFETY phase
 * @param lagTimeMs       {@code replica.lag.time.max}
 * @param faultClasses    bits of {@link FaultClass}
 * @param windowFrames    frames under way in a session at most
 * @param skipPerMillion  an agent's turn is left out so often
 * @param turnUs          time between turns of whoever is busy, at most
 * @param idleUs          time between turns of whoever is idle, at most
 * @param heartbeatMs     {@code heartbeat.interval}
 */
record SimConfig(
    long seed,
    int brokers,
    int replication,
    int minIsr,
    int partitions,
    boolean fsynced,
    int syncIntervalUs,
    int records,
    int faults,
    int safetyMs,
    int lagTimeMs,
    int faultClasses,
    int windowFrames,
    int skipPerMillion,
    int turnUs,
    int idleUs,
    int heartbeatMs)
{
    /** What may go wrong together. */
    enum FaultClass
    {
        KILL, POWER, PAUSE, STOP, CUT, SESSION, LOSS, SLOW, CONTROLLER, ADMIN, WIPE, DISK, CORRUPT, CRASH, CLOCK
    }

    static SimConfig swarm(final long seed)
    {
        final SimRandom random = new SimRandom(seed, 1);
        final int brokers = random.nextInt(10) == 0 ? 1 + random.nextInt(7) : 3 + random.nextInt(3);
        final int replication = Math.min(brokers, random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 3);
        final int minIsr = 1 + random.nextInt(Math.max(1, Math.min(replication, 3)));
        int classes = 0;
        for (final FaultClass faultClass : FaultClass.values())
        {
            classes |= random.nextBoolean() ? 1 << faultClass.ordinal() : 0;
        }
        return new SimConfig(
            seed, brokers, replication, minIsr, 1 + random.nextInt(3), random.nextInt(3) == 0,
            random.nextBoolean() ? 2_000 : 5_000 + random.nextInt(500_000),
            500 + random.nextInt(3000), 10 + random.nextInt(40), 10_000 + random.nextInt(90_000),
            random.nextBoolean() ? 10_000 : 500 + random.nextInt(3000), classes,
            random.nextInt(4) == 0 ? 4 + random.nextInt(20) : 1024,
            random.nextBoolean() ? 0 : random.nextInt(300_000),
            random.nextBoolean() ? 50 : 5 + random.nextInt(400),
            random.nextInt(3) == 0 ? 1000 + random.nextInt(14_000) : 14_000,
            random.nextInt(3) == 0 ? 20 : 66);
    }

    /** @return the same in a tenth of the time: faults that lay apart meet, and ten such seeds cost what one does */
    SimConfig dense()
    {
        return new SimConfig(
            seed, brokers, replication, minIsr, partitions, fsynced, syncIntervalUs, 100 + records / 8, 8 + faults / 2,
            1000 + safetyMs / 10, lagTimeMs, faultClasses, windowFrames, skipPerMillion, turnUs, idleUs, heartbeatMs);
    }

    /** @return the same with another length of the SAFETY phase */
    SimConfig withSafetyMs(final int ms)
    {
        return with(ms, windowFrames, skipPerMillion, turnUs, idleUs);
    }

    /** @return the same without a turn left out */
    SimConfig withoutSkips()
    {
        return with(safetyMs, windowFrames, 0, turnUs, idleUs);
    }

    /** @return the same with room for every frame */
    SimConfig withWideWindow()
    {
        return with(safetyMs, 1024, skipPerMillion, turnUs, idleUs);
    }

    /** @return the same with actors that never wait long for their turn */
    SimConfig withPlainTurns()
    {
        return with(safetyMs, windowFrames, skipPerMillion, 50, 5_000);
    }

    private SimConfig with(final int safety, final int window, final int skip, final int turn, final int idle)
    {
        return new SimConfig(
            seed, brokers, replication, minIsr, partitions, fsynced, syncIntervalUs, records, faults, safety, lagTimeMs,
            faultClasses, window, skip, turn, idle, heartbeatMs);
    }

    boolean has(final FaultClass faultClass)
    {
        return (faultClasses & 1 << faultClass.ordinal()) != 0;
    }

    /** @return the first fourteen by position, each later one with its name: so that it may be left out, or not be there yet */
    String toLine()
    {
        return "config " + seed + " " + brokers + " " + replication + " " + minIsr + " " + partitions + " " + fsynced + " " +
            syncIntervalUs + " " + records + " " + faults + " " + safetyMs + " " + lagTimeMs + " " + faultClasses + " " +
            windowFrames + " " + skipPerMillion + " turnUs=" + turnUs + " idleUs=" + idleUs + " heartbeatMs=" + heartbeatMs;
    }

    static SimConfig parse(final String line)
    {
        final String[] w = line.trim().split(" +");
        final Map<String, Integer> named = new HashMap<>();
        for (int i = 15; i < w.length; i++)
        {
            named.put(w[i].substring(0, w[i].indexOf('=')), i(w[i].substring(w[i].indexOf('=') + 1)));
        }
        return new SimConfig(
            Long.parseLong(w[1]), i(w[2]), i(w[3]), i(w[4]), i(w[5]), Boolean.parseBoolean(w[6]), i(w[7]), i(w[8]), i(w[9]),
            i(w[10]), i(w[11]), i(w[12]), i(w[13]), i(w[14]),
            named.getOrDefault("turnUs", 100), named.getOrDefault("idleUs", 10_000), named.getOrDefault("heartbeatMs", 20));
    }

    private static int i(final String word)
    {
        return Integer.parseInt(word);
    }
}
