package io.syncline.bench.targets;

import io.syncline.bench.floor.AeronProvider;
import io.syncline.bench.floor.ChronicleProvider;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The systems that can be loaded. */
public final class Targets
{
    private static final Map<String, String> ELSEWHERE = Map.of(
        "kafka", "mvn -q -Pkafka -pl bench/kafka -am -DskipTests package");

    private Targets()
    {
    }

    /**
     * @param spec of a system and its settings
     * @return it, started; the caller's to close
     */
    public static Target start(final TargetSpec spec)
    {
        return provider(spec).start(spec);
    }

    /**
     * @param spec whose system must be there; its settings are looked at when it starts
     */
    public static void check(final TargetSpec spec)
    {
        provider(spec);
    }

    /** @return every system that is there */
    public static List<String> names()
    {
        return providers().stream().map(TargetProvider::system).toList();
    }

    private static TargetProvider provider(final TargetSpec spec)
    {
        for (final TargetProvider provider : providers())
        {
            if (provider.system().equals(spec.system()))
            {
                return provider;
            }
        }
        final String command = ELSEWHERE.get(spec.system());
        throw new IllegalArgumentException(command != null ?
            spec.system() + " is not built: it is downloaded for those who ask for it only, by '" + command + "'" :
            "no system '" + spec.system() + "': there are " + String.join(", ", names()));
    }

    private static List<TargetProvider> providers()
    {
        final List<TargetProvider> providers =
            new ArrayList<>(List.of(new SynclineProvider(), new AeronProvider(), new ChronicleProvider()));
        ServiceLoader.load(TargetProvider.class).forEach(providers::add);
        return providers;
    }
}
