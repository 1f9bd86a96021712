package io.syncline.bench.floor;

import io.syncline.bench.targets.Target;
import io.syncline.bench.targets.TargetProvider;
import io.syncline.bench.targets.TargetSpec;

import java.util.Set;

/** A record is acknowledged when Chronicle Queue has appended it, on the load's own thread: no hop, one copy. */
public final class ChronicleProvider implements TargetProvider
{
    @Override
    public String system()
    {
        return "chronicle";
    }

    @Override
    public Target start(final TargetSpec spec)
    {
        spec.check(Set.of("dir"));
        return new ChronicleTarget(spec.get("dir", null));
    }
}
