package io.syncline.bench.targets;

import java.util.Locale;
import java.util.Set;

/** Syncline: embedded over IPC or UDP, as processes started for the run, or a cluster that runs. */
final class SynclineProvider implements TargetProvider
{
    private static final Set<String> KEYS =
        Set.of(TargetSpec.LAYOUT, "threading", "brokers", "min-isr", "in-flight", "linger", "sampling", "bootstrap", "topic",
            "read-from");

    @Override
    public String system()
    {
        return "syncline";
    }

    @Override
    public Target start(final TargetSpec spec)
    {
        spec.check(KEYS);
        if (spec.settings().containsKey("bootstrap"))
        {
            return new RunningTarget(spec);
        }
        final Layout layout = spec.oneOf(TargetSpec.LAYOUT, Layout.IPC);
        return layout == Layout.PROCESSES ? ClusterTarget.start(spec) : EmbeddedTarget.start(spec, layout);
    }

    /** @return a title's part that is the same in every layout */
    static String tail(final TargetSpec spec, final Load load)
    {
        return String.format(Locale.ROOT, "acks=%s, min ISR %d, sampling %s",
            load.acks().name().toLowerCase(Locale.ROOT), spec.number("min-isr", 2),
            spec.number("sampling", 64) == 0 ? "off" : "1 in " + spec.number("sampling", 64));
    }
}
