package io.syncline.bench.floor;

import io.syncline.bench.targets.Layout;
import io.syncline.bench.targets.Target;
import io.syncline.bench.targets.TargetProvider;
import io.syncline.bench.targets.TargetSpec;

import java.util.Set;

/** The hops of a produced record with acks=all and two followers, over Aeron alone: the floor. */
public final class AeronProvider implements TargetProvider
{
    private static final Set<String> KEYS = Set.of(TargetSpec.LAYOUT, "threading");

    @Override
    public String system()
    {
        return "aeron";
    }

    @Override
    public Target start(final TargetSpec spec)
    {
        spec.check(KEYS);
        return AeronTarget.start(spec, spec.oneOf(TargetSpec.LAYOUT, Layout.IPC));
    }
}
