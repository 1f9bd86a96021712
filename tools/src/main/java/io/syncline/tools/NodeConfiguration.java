package io.syncline.tools;

import io.syncline.broker.BrokerContext;
import io.syncline.broker.NodePreflight;
import io.syncline.broker.Threading;
import io.syncline.controller.ControllerContext;
import io.syncline.metadata.QuorumVoters;
import io.syncline.stream.Endpoint;
import io.syncline.stream.MediaDrivers;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/**
 * A node's file, read and checked; nothing on disk is touched before all of it holds.
 *
 * @param properties as the file has them
 * @param source     name of the file
 * @param settings   the checked values
 * @param roles      {@code broker}, {@code controller} or both, sorted
 * @param voters     the members of the controller quorum; null where this node is the only one, with a broker beside it
 */
record NodeConfiguration(
    Properties properties, String source, BrokerContext settings, List<String> roles, QuorumVoters voters)
{
    static final String BROKER = "broker";
    static final String CONTROLLER = "controller";

    private static final String PREFIX = "syncline.";
    private static final String DEBUG = "syncline.debug";
    private static final String VOTERS = "controller.quorum.voters";

    /**
     * @param file of the node
     * @return what it says
     */
    static NodeConfiguration load(final Path file)
    {
        final Properties properties = NodeFile.load(file);
        requireKnownSystemProperties();
        final BrokerContext settings = new BrokerContext()
            .properties(properties, file.toString())
            .controllerSession((listener) -> null)
            .conclude();
        final List<String> roles = roles(settings);
        final String votersText = settings.controllerQuorumVoters();
        final QuorumVoters voters = votersText.isEmpty() ? null : QuorumVoters.parse(votersText);
        check(settings, roles, voters);
        if (roles.contains(CONTROLLER) && voters != null)
        {
            preflight(settings, voters.voter(settings.nodeId()));
        }
        return new NodeConfiguration(properties, file.toString(), settings, roles, voters);
    }

    /** A key that is mistyped on the command line would be without effect, and nobody would hear of it. */
    private static void requireKnownSystemProperties()
    {
        final BrokerContext keys = new BrokerContext();
        for (final String name : System.getProperties().stringPropertyNames())
        {
            if (name.startsWith(PREFIX) && !name.equals(DEBUG) && keys.get(name.substring(PREFIX.length())) == null)
            {
                throw CommandFailure.usage("unknown key '" + name.substring(PREFIX.length()) + "' in -D" + name);
            }
        }
    }

    boolean isBroker()
    {
        return roles.contains(BROKER);
    }

    boolean isController()
    {
        return roles.contains(CONTROLLER);
    }

    int nodeId()
    {
        return settings.nodeId();
    }

    private static List<String> roles(final BrokerContext settings)
    {
        final List<String> roles =
            Arrays.stream(settings.get("process.roles").split(",")).map(String::trim).sorted().distinct().toList();
        if (!List.of(BROKER, CONTROLLER).containsAll(roles))
        {
            throw CommandFailure.usage("process.roles is '" + settings.get("process.roles") +
                "'; it must be 'broker', 'controller' or 'broker,controller'");
        }
        return roles;
    }

    private static void check(final BrokerContext settings, final List<String> roles, final QuorumVoters voters)
    {
        final boolean isBroker = roles.contains(BROKER);
        final boolean isController = roles.contains(CONTROLLER);
        if (settings.threading() == Threading.INVOKER)
        {
            throw CommandFailure.usage("threading=invoker has the application call the invokers, and a node's process has " +
                "none: use shared or dedicated, or embed a Broker");
        }
        if (voters == null && !(isBroker && isController))
        {
            throw CommandFailure.usage("process.roles is '" + String.join(",", roles) + "' and controller.quorum.voters is " +
                "empty: name the controllers as id@host:port, or set process.roles=broker,controller");
        }
        if (voters == null)
        {
            return;
        }
        final QuorumVoters.Voter self = voters.voter(settings.nodeId());
        if (isController && self == null)
        {
            throw CommandFailure.usage("node.id=" + settings.nodeId() + " has the role controller, but " +
                "controller.quorum.voters=" + voters + " does not name it: add it, or take the role away");
        }
        if (!isController && self != null)
        {
            throw CommandFailure.usage("controller.quorum.voters=" + voters + " names node.id=" + settings.nodeId() +
                ", which is a broker only: give it the role controller, or another node.id");
        }
        if (isController && isBroker)
        {
            checkPort(settings, self, "client", settings.clientEndpoint().port());
            checkPort(settings, self, "replication", settings.replicationEndpoint().port());
        }
    }

    /** What a broker's launch looks at by itself, for the member: nothing is created. */
    private static void preflight(final BrokerContext settings, final QuorumVoters.Voter self)
    {
        NodePreflight.directory(settings.directory().toPath());
        NodePreflight.security(VOTERS, self.host(), settings.get("security.mode"));
        for (int port = self.port(); port < self.port() + QuorumVoters.PORTS; port++)
        {
            NodePreflight.port(VOTERS, new Endpoint(self.host(), port), self.host());
        }
        if (settings.aeronDirectoryName().isEmpty())
        {
            final File directory = ControllerMember.directory(settings.directory());
            NodePreflight.memory(
                Path.of(MediaDrivers.directoryFor(CONTROLLER, directory)), ControllerContext.SHARED_MEMORY, "a controller");
        }
    }

    private static void checkPort(
        final BrokerContext settings, final QuorumVoters.Voter self, final String listener, final int port)
    {
        if (port >= self.port() && port < self.port() + QuorumVoters.PORTS)
        {
            throw CommandFailure.usage("listeners=" + settings.get("listeners") + " has port " + port + " for " + listener +
                ", which controller.quorum.voters gives to this node's controller: it takes ports " + self.port() + " to " +
                (self.port() + QuorumVoters.PORTS - 1));
        }
    }
}
