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
        final List<String> names = new ArrayList<>();
        for (final TargetProvider provider : providers())
        {
            if (provider.system().equals(spec.system()))
            {
                return provider.start(spec);
            }
            names.add(provider.system());
        }
        final String command = ELSEWHERE.get(spec.system());
        throw new IllegalArgumentException(command != null ?
            spec.system() + " is not built: it is downloaded for those who ask for it only, by '" + command + "'" :
            "no system '" + spec.system() + "': there are " + String.join(", ", names));
    }

    private static List<TargetProvider> providers()
    {
        final List<TargetProvider> providers =
            new ArrayList<>(List.of(new SynclineProvider(), new AeronProvider(), new ChronicleProvider()));
        ServiceLoader.load(TargetProvider.class).forEach(providers::add);
        return providers;
    }
}
