package io.syncline.bench.targets;

import io.syncline.bench.Transceiver;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import org.agrona.IoUtil;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Three brokers and three controllers, each a process, started and stopped by the {@code syncline cluster} commands. */
final class ClusterTarget implements Target
{
    private final TargetSpec spec;
    private final Path directory;
    private final Launcher launcher;
    private final String bootstrap;
    private final List<String> nodes;
    private final List<Long> pids;

    private ClusterTarget(
        final TargetSpec spec, final Path directory, final Launcher launcher, final Map<String, List<String>> status)
    {
        this.spec = spec;
        this.directory = directory;
        this.launcher = launcher;
        bootstrap = String.join(",", status.getOrDefault("bootstrap", List.of()));
        nodes = status.getOrDefault("nodes.id", List.of());
        pids = status.getOrDefault("nodes.pid", List.of()).stream().map(Long::valueOf).toList();
    }

    static ClusterTarget start(final TargetSpec spec)
    {
        final Launcher launcher = Launcher.find();
        final Path directory = temporaryDirectory();
        final List<String> command = new ArrayList<>(List.of("cluster", "up", "--dir", directory.toString(), "--base-port", "0",
            "--brokers", Integer.toString(spec.number("brokers", 3)), "--format", "json",
            "--config", "stage.sampling=" + spec.number("sampling", 64)));
        if (spec.settings().containsKey("threading"))
        {
            command.addAll(List.of("--config", "threading=" + spec.get("threading", "")));
        }
        spec.ownSettings().forEach((key, value) -> command.addAll(List.of("--config", key + "=" + value)));
        ClusterTarget target = null;
        try
        {
            target = new ClusterTarget(spec, directory, launcher, launcher.json(command));
            Topics.create(target.bootstrap, spec.number("brokers", 3), spec.number("min-isr", 2));
            return target;
        }
        catch (final RuntimeException ex)
        {
            if (target != null)
            {
                target.close();
            }
            IoUtil.delete(directory.toFile(), true);
            throw ex;
        }
    }

    @Override
    public String title()
    {
        return String.format(Locale.ROOT, "Syncline, %d brokers and their controllers as processes", spec.number("brokers", 3));
    }

    @Override
    public Transceiver transceiver(final Load load)
    {
        return new SynclineTransceiver(title() + ", " + SynclineProvider.tail(spec, load),
            Topics.producer(new Producer.Context().bootstrap(bootstrap), spec, load),
            load.isDelivering() ?
                Topics.consumer(new Consumer.Context().bootstrap(bootstrap), spec, () -> Topics.leader(bootstrap, Topics.NAME)) : null,
            Topics.NAME, null, load.lengthBytes());
    }

    @Override
    public List<Long> pids()
    {
        return pids;
    }

    @Override
    public Supplier<String> leaderKill()
    {
        final int leader = Topics.leader(bootstrap, Topics.NAME);
        final int index = nodes.indexOf(Integer.toString(leader));
        final ProcessHandle process = ProcessHandle.of(pids.get(index)).orElseThrow();
        // Not by the cluster command: a JVM that starts takes CPU time from the failover.
        return () ->
        {
            process.destroyForcibly();
            return "broker " + leader;
        };
    }

    @Override
    public void close()
    {
        launcher.run(List.of("cluster", "down", "--dir", directory.toString()));
        IoUtil.delete(directory.toFile(), true);
    }

    private static Path temporaryDirectory()
    {
        try
        {
            return Files.createTempDirectory("syncline-bench-");
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("no temporary directory for the cluster", ex);
        }
    }
}
