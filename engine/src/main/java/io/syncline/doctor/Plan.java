package io.syncline.doctor;

import io.syncline.broker.BrokerContext;
import io.syncline.broker.Threading;
import io.syncline.stream.MediaDrivers;
import io.syncline.stream.StreamsContext;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What is to run on the machine.
 *
 * @param spinningThreads threads that never sleep, of all nodes here
 * @param aeronBytes      what the media drivers here can come to use in the Aeron directory
 * @param aeronParent     where Aeron directories are
 * @param logDirectories  of the nodes here, existing or not
 * @param segmentBytes    of a journal
 */
public record Plan(
    int spinningThreads, long aeronBytes, Path aeronParent, List<Path> logDirectories, long segmentBytes)
{
    private static final Set<String> SPINNING = Set.of("spin", "yield");
    private static final int DATA_AGENTS = 5;

    /**
     * @param nodes concluded configurations, at least one
     * @return what they come to together
     */
    public static Plan of(final List<BrokerContext> nodes)
    {
        int spinning = 0;
        long bytes = 0;
        final List<Path> directories = new ArrayList<>();
        for (final BrokerContext node : nodes)
        {
            if (SPINNING.contains(node.get("idle.strategy")))
            {
                spinning += node.threading() == Threading.DEDICATED ? DATA_AGENTS + 1 :
                    node.threading() == Threading.SHARED ? 2 : 0;
            }
            bytes += MediaDrivers.MEMORY_OF_A_DRIVER +
                new StreamsContext().memoryOfBroker(node.expectedBrokers() - 1, node.expectedClients());
            directories.add(node.directory().toPath());
        }
        final BrokerContext first = nodes.get(0);
        final Path parent = Path.of(MediaDrivers.directoryFor("broker", first.directory())).getParent();
        return new Plan(spinning, bytes, parent, directories, first.segmentBytes());
    }

    /**
     * @param logDirectory of a node, existing or not
     * @return one node with every default
     */
    public static Plan ofDefaults(final Path logDirectory)
    {
        // No session is made of it: a node without controllers would not pass.
        return of(List.of(new BrokerContext().nodeId(0).directory(logDirectory.toFile())
            .controllerSession((listener) -> null).conclude()));
    }
}
