package io.syncline.bench.profile;

import io.syncline.bench.RigResult;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import one.profiler.AsyncProfiler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Samples this process with async-profiler, from {@link #start} to {@link #stop}. Where the kernel does not allow perf events it
 * falls back to CPU timers, and where there is no profiler for the platform it says so and does nothing: a run is never lost for
 * want of its profile.
 */
public final class Profiler
{
    private static final List<String> FALLBACKS = List.of("ctimer", "itimer");
    private static final String INTERVAL = "500us";
    private static final long MIN_SAMPLES_FOR_P999 = 100_000;

    private final String wanted;
    private final List<String> refusals = new ArrayList<>();
    private AsyncProfiler profiler;
    private String event;
    private String engine = "";
    private Path recording;
    private Instant wallAtStart;
    private long nanosAtStart;

    /**
     * @param event {@code cpu}, {@code ctimer}, {@code itimer}, {@code wall} or another of async-profiler's
     */
    public Profiler(final String event)
    {
        wanted = event;
    }

    /** Begins. */
    public void start()
    {
        final Set<String> events = new LinkedHashSet<>(List.of(wanted));
        events.addAll(FALLBACKS);
        try
        {
            recording = Files.createTempFile("syncline-bench-", ".jfr");
            profiler = AsyncProfiler.getInstance();
        }
        catch (final IOException | RuntimeException | UnsatisfiedLinkError ex)
        {
            refusals.add("no async-profiler here: " + ex.getMessage());
            return;
        }
        for (final String next : events)
        {
            try
            {
                profiler.execute("start,event=" + next + ",interval=" + INTERVAL + ",threads,clock=monotonic,jfr,file=" + recording);
                nanosAtStart = System.nanoTime();
                wallAtStart = Instant.now();
                event = next;
                return;
            }
            catch (final IOException | RuntimeException ex)
            {
                refusals.add(next + ": " + ex.getMessage());
            }
        }
    }

    /** Ends. */
    public void stop()
    {
        if (event == null)
        {
            return;
        }
        try
        {
            profiler.execute("stop");
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot stop the profiler", ex);
        }
    }

    /**
     * Sorts what was sampled; after {@link #stop()}.
     *
     * @param result of the run
     * @return its profile, or null where nothing could be sampled; {@link #trouble()} says why
     */
    public Profile sort(final RigResult result)
    {
        if (event == null)
        {
            return null;
        }
        try
        {
            final double percentile = result.response().getTotalCount() >= MIN_SAMPLES_FOR_P999 ? 99.9 : 99;
            final long thresholdNs = result.response().getValueAtPercentile(percentile);
            final Windows windows = new Windows(result.timeline(), thresholdNs);
            final Stacks all = new Stacks("all");
            final Stacks slow = new Stacks("slow records");
            try (RecordingFile file = new RecordingFile(recording))
            {
                while (file.hasMoreEvents())
                {
                    sort(file.readEvent(), windows, all, slow);
                }
            }
            return new Profile(describe(), all, slow, thresholdNs, windows.share());
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read what was sampled", ex);
        }
        finally
        {
            delete();
        }
    }

    /** @return what was refused and what was used instead, for people; empty where all went as asked */
    public String trouble()
    {
        if (refusals.isEmpty())
        {
            return "";
        }
        return String.join("; ", refusals) +
            (event == null ? "; there will be no flame graph" : "; " + event + " is sampled instead, without the kernel's frames");
    }

    private String describe()
    {
        return event + " every " + INTERVAL + (engine.isEmpty() || engine.equals(event) ? "" : " by " + engine) + (event.equals(wanted) ? "" : " (not " + wanted + ": " + refusals.get(0) + ")");
    }

    private void sort(final RecordedEvent sample, final Windows windows, final Stacks all, final Stacks slow)
    {
        final String type = sample.getEventType().getName();
        if ("jdk.ActiveSetting".equals(type) && "engine".equals(sample.getString("name")))
        {
            onEngine(sample.getString("value"));
        }
        if (!"jdk.ExecutionSample".equals(type) && !"profiler.WallClockSample".equals(type) || sample.getStackTrace() == null)
        {
            return;
        }
        final List<String> frames = new ArrayList<>();
        for (final RecordedFrame frame : sample.getStackTrace().getFrames())
        {
            final String owner = frame.getMethod().getType() == null ? "" : frame.getMethod().getType().getName();
            // Native frames have a library for an owner.
            frames.add(owner.isEmpty() || owner.contains(".so") ? frame.getMethod().getName() : owner + "." + frame.getMethod().getName());
        }
        final RecordedThread thread = sample.hasField("sampledThread") ? sample.getValue("sampledThread") : null;
        frames.add("[" + (thread == null ? "?" : thread.getJavaName() != null ? thread.getJavaName() : thread.getOSName()) + "]");
        Collections.reverse(frames);
        all.add(frames);
        if (windows.holds(nanosAtStart + Duration.between(wallAtStart, sample.getStartTime()).toNanos()))
        {
            slow.add(frames);
        }
    }

    /** It takes CPU timers for cpu by itself where the kernel forbids perf events, and tells only here. */
    private void onEngine(final String value)
    {
        engine = value;
        if ("cpu".equals(event) && !"perf_events".equals(value))
        {
            refusals.add("cpu: perf events are not allowed here (kernel.perf_event_paranoid)");
            event = value;
        }
    }

    private void delete()
    {
        try
        {
            Files.deleteIfExists(recording);
        }
        catch (final IOException ex)
        {
            recording.toFile().deleteOnExit();
        }
    }
}
