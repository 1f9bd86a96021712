package io.syncline.bench;

import org.HdrHistogram.Histogram;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;

import java.util.function.BooleanSupplier;

/**
 * Sends records when they are due, however the system is doing, and times what becomes of them. One thread does it all;
 * nothing is allocated while it runs.
 */
public final class LatencyRig implements Transceiver.Receipts
{
    /** Longer ones are recorded as this. */
    public static final long HIGHEST_LATENCY_NS = 120_000_000_000L;
    private static final int DIGITS = 3;
    /** A run whose last record was sent later than this part of its duration missed its rate. */
    private static final double LATE_SHARE = 0.02;
    /** Records sent between two looks at the clock where none is due at a time of its own: looking costs as much as sending. */
    private static final int BURST = 32;

    private final Transceiver transceiver;
    private final RigConfiguration configuration;
    private final NanoClock clock;
    private final IdleStrategy idleStrategy;
    private final long mask;
    private final long[] dueNs;
    private final long[] sentNs;
    private final Histogram response = new Histogram(HIGHEST_LATENCY_NS, DIGITS);
    private final Histogram service = new Histogram(HIGHEST_LATENCY_NS, DIGITS);
    private final Histogram delivered = new Histogram(HIGHEST_LATENCY_NS, DIGITS);

    private long nextSequence;
    private long ackedUpTo = -1;
    private long deliveredUpTo = -1;
    private long firstRecorded = Long.MAX_VALUE;
    private long acked;
    private long failed;
    private int lastFailure;
    private long lastAckNs;
    private Runnable onMeasuring = () -> {};
    private BooleanSupplier isOver = () -> false;
    private Timeline timeline;

    /**
     * @param transceiver   what to load; opened and closed by the caller
     * @param configuration of the run
     * @param clock         monotonic
     * @param idleStrategy  for the rig's thread while nothing is due
     */
    public LatencyRig(
        final Transceiver transceiver,
        final RigConfiguration configuration,
        final NanoClock clock,
        final IdleStrategy idleStrategy)
    {
        this.transceiver = transceiver;
        this.configuration = configuration;
        this.clock = clock;
        this.idleStrategy = idleStrategy;
        mask = configuration.maxInFlight() - 1;
        dueNs = new long[configuration.maxInFlight()];
        sentNs = new long[configuration.maxInFlight()];
    }

    /**
     * @param action run once, when the warm-up is over and before the first recorded record is due
     * @return this
     */
    public LatencyRig onMeasuring(final Runnable action)
    {
        onMeasuring = action;
        return this;
    }

    /**
     * @param condition that ends the load before its time; what was due by then counts
     * @return this
     */
    public LatencyRig endingWhen(final BooleanSupplier condition)
    {
        isOver = condition;
        return this;
    }

    /**
     * Warm-up and run.
     *
     * @return what it showed
     */
    public RigResult run()
    {
        final String name = transceiver.open(this);
        if (configuration.warmupNs() > 0)
        {
            load(configuration.warmupNs());
            drain(configuration.graceNs());
        }
        transceiver.onMeasuring();
        onMeasuring.run();
        firstRecorded = nextSequence;
        acked = 0;
        failed = 0;
        final long startNs = clock.nanoTime();
        lastAckNs = startNs;
        timeline = new Timeline(configuration.durationNs() * 2 + 2 * configuration.graceNs());
        timeline.start(startNs);
        final long sendingNs = load(configuration.durationNs());
        final boolean drained = drain(configuration.graceNs());
        final long sent = nextSequence - firstRecorded;
        return new RigResult(name, response, service, delivered, transceiver.stages(), transceiver.stageBands(), timeline, sent,
            acked, failed, lastAckNs - startNs, missed(sendingNs, sent, drained), 0, null);
    }

    @Override
    public void onAcked(final long upToSequence)
    {
        final long nowNs = clock.nanoTime();
        final long ackedBefore = acked;
        long worstNs = 0;
        for (long sequence = ackedUpTo + 1; sequence <= upToSequence; sequence++)
        {
            if (sequence >= firstRecorded)
            {
                final int index = (int)(sequence & mask);
                final long responseNs = Math.min(HIGHEST_LATENCY_NS, nowNs - dueNs[index]);
                worstNs = Math.max(worstNs, responseNs);
                response.recordValue(responseNs);
                service.recordValue(Math.min(HIGHEST_LATENCY_NS, nowNs - sentNs[index]));
                acked++;
            }
        }
        ackedUpTo = Math.max(ackedUpTo, upToSequence);
        if (acked > ackedBefore)
        {
            timeline.onAcked(nowNs, (int)(acked - ackedBefore), worstNs);
        }
        lastAckNs = nowNs;
    }

    @Override
    public void onFailed(final long upToSequence, final int code)
    {
        failed += upToSequence - ackedUpTo;
        ackedUpTo = upToSequence;
        lastFailure = code;
    }

    @Override
    public void onDelivered(final long sequence)
    {
        deliveredUpTo = sequence;
        if (sequence >= firstRecorded)
        {
            delivered.recordValue(Math.min(HIGHEST_LATENCY_NS, clock.nanoTime() - dueNs[(int)(sequence & mask)]));
        }
    }

    /** Sends what falls due within a duration; returns how long that took. */
    private long load(final long durationNs)
    {
        final long startNs = clock.nanoTime();
        final long rate = configuration.rate();
        final long total = rate == 0 ? Long.MAX_VALUE : Math.max(1, (long)(durationNs / 1e9 * rate));
        final double intervalNs = rate == 0 ? 0 : 1e9 / rate;
        long nowNs = startNs;
        long count = 0;
        while (count < total && (rate != 0 || nowNs - startNs < durationNs) && !isOver.getAsBoolean())
        {
            int work = 0;
            long nextDueNs = rate == 0 ? nowNs : startNs + (long)(count * intervalNs);
            while (nextDueNs <= nowNs && count < total && hasRoom() && trySend(nextDueNs, nowNs))
            {
                count++;
                work++;
                if (rate != 0)
                {
                    nowNs = clock.nanoTime();
                    nextDueNs = startNs + (long)(count * intervalNs);
                }
                else if (work % BURST == 0)
                {
                    nowNs = clock.nanoTime();
                    nextDueNs = nowNs;
                    if (nowNs - startNs >= durationNs)
                    {
                        break;
                    }
                }
            }
            work += transceiver.poll();
            idleStrategy.idle(work);
            nowNs = clock.nanoTime();
            if (rate != 0 && nowNs - startNs > durationNs * 2 + configuration.graceNs())
            {
                break;
            }
        }
        return clock.nanoTime() - startNs;
    }

    private boolean hasRoom()
    {
        final long heard = transceiver.isDelivering() ? Math.min(ackedUpTo, deliveredUpTo) : ackedUpTo;
        return nextSequence - heard < configuration.maxInFlight();
    }

    private boolean trySend(final long recordDueNs, final long nowNs)
    {
        final int index = (int)(nextSequence & mask);
        dueNs[index] = recordDueNs;
        sentNs[index] = nowNs;
        transceiver.due(recordDueNs);
        final long sequence = transceiver.send(configuration.lengthBytes());
        if (sequence < 0)
        {
            return false;
        }
        if (sequence != nextSequence)
        {
            throw new IllegalStateException("record " + nextSequence + " was given sequence " + sequence);
        }
        nextSequence++;
        return true;
    }

    private boolean drain(final long graceNs)
    {
        final long deadlineNs = clock.nanoTime() + graceNs;
        while (ackedUpTo < nextSequence - 1 || (transceiver.isDelivering() && deliveredUpTo < nextSequence - 1))
        {
            if (clock.nanoTime() - deadlineNs > 0)
            {
                return false;
            }
            idleStrategy.idle(transceiver.poll());
        }
        return true;
    }

    private String missed(final long sendingNs, final long sent, final boolean drained)
    {
        final long rate = configuration.rate();
        final long due = rate == 0 || isOver.getAsBoolean() ? sent : (long)(configuration.durationNs() / 1e9 * rate);
        if (failed > 0)
        {
            return failed + " records failed, last with code " + lastFailure;
        }
        if (sent < due)
        {
            return "only " + sent + " of " + due + " records could be sent";
        }
        if (!drained)
        {
            return (nextSequence - 1 - ackedUpTo) + " records were not acknowledged or delivered within the grace time";
        }
        if (rate != 0 && sendingNs > configuration.durationNs() * (1 + LATE_SHARE) + 50_000_000L)
        {
            return "sending took " + sendingNs / 1_000_000 + " ms instead of " + configuration.durationNs() / 1_000_000;
        }
        return null;
    }
}
