package io.syncline.tools;

import io.syncline.metadata.QuorumVoters;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who is in a new cluster, and on which ports: brokers are 1, 2, 3 and so on with two ports each from the base port on,
 * controllers 101, 102, 103 with five ports each behind them. Combined, the first brokers are the controllers as well.
 *
 * @param bootstrap of all brokers, comma-separated
 * @param nodes     in the order of their ids
 */
record ClusterPlan(String bootstrap, List<Node> nodes)
{
    static final int FIRST_CONTROLLER = 101;

    private static final String HOST = "localhost";
    private static final int BROKER_PORTS = 2;
    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 32_000;

    /**
     * @param id         {@code node.id}
     * @param properties of its file, without {@code log.dir}
     */
    record Node(int id, Map<String, String> properties)
    {
    }

    /**
     * @param brokers     number of them, at least 1
     * @param controllers number of them, at least 1
     * @param combined    brokers are the controllers as well
     * @param basePort    first of the ports; 0 for any free range
     * @param extra       further settings of every node
     * @return the plan
     */
    static ClusterPlan of(
        final int brokers,
        final int controllers,
        final boolean combined,
        final int basePort,
        final Map<String, String> extra)
    {
        if (brokers < 1 || brokers >= FIRST_CONTROLLER)
        {
            throw CommandFailure.usage("--brokers " + brokers + " is not from 1 to " + (FIRST_CONTROLLER - 1));
        }
        if (controllers < 1 || controllers > 9 || controllers % 2 == 0)
        {
            throw CommandFailure.usage("--controllers " + controllers +
                " is not 1, 3, 5, 7 or 9: an even number survives no more than the odd one below it");
        }
        if (combined && controllers > brokers)
        {
            throw CommandFailure.usage("--combined with --controllers " + controllers + " needs as many --brokers, not " + brokers);
        }
        final int count = BROKER_PORTS * brokers + QuorumVoters.PORTS * controllers;
        final int base = basePort == 0 ? freeRange(count) : basePort;
        checkPorts(base, count);

        final List<String> voters = new ArrayList<>();
        final List<String> bootstrap = new ArrayList<>();
        for (int i = 0; i < controllers; i++)
        {
            voters.add((combined ? i + 1 : FIRST_CONTROLLER + i) + "@" + HOST + ":" +
                (base + BROKER_PORTS * brokers + QuorumVoters.PORTS * i));
        }
        final Map<String, String> common = new TreeMap<>();
        common.put("controller.quorum.voters", String.join(",", voters));
        common.put("default.replication.factor", Integer.toString(Math.min(3, brokers)));
        common.put("min.insync.replicas", Integer.toString(Math.min(2, brokers)));
        common.putAll(extra);
        final List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < brokers; i++)
        {
            final String client = HOST + ":" + (base + BROKER_PORTS * i);
            bootstrap.add(client);
            final Map<String, String> properties = new TreeMap<>(common);
            properties.put("node.id", Integer.toString(i + 1));
            properties.put("process.roles", combined && i < controllers ? "broker,controller" : "broker");
            properties.put("listeners", "client://" + client + ",replication://" + HOST + ":" + (base + BROKER_PORTS * i + 1));
            nodes.add(new Node(i + 1, properties));
        }
        for (int i = 0; i < controllers && !combined; i++)
        {
            final Map<String, String> properties = new TreeMap<>(common);
            properties.put("node.id", Integer.toString(FIRST_CONTROLLER + i));
            properties.put("process.roles", "controller");
            nodes.add(new Node(FIRST_CONTROLLER + i, properties));
        }
        return new ClusterPlan(String.join(",", bootstrap), List.copyOf(nodes));
    }

    private static void checkPorts(final int base, final int count)
    {
        if (base < 1 || base + count - 1 > 65535)
        {
            throw CommandFailure.usage("--base-port " + base + " leaves no room for " + count + " ports below 65536");
        }
        final int taken = takenPort(base, count);
        if (taken >= 0)
        {
            throw CommandFailure.usage("UDP port " + taken + " is in use by another process; the cluster takes ports " + base +
                " to " + (base + count - 1) + ": give another --base-port, or 0 for any free ones");
        }
    }

    private static int freeRange(final int count)
    {
        // Below the ports that kernels hand out by themselves.
        int base = FIRST_PORT + (int)(ProcessHandle.current().pid() % 500) * 20;
        while (base + count < LAST_PORT)
        {
            final int taken = takenPort(base, count);
            if (taken < 0)
            {
                return base;
            }
            base = taken + 1;
        }
        throw CommandFailure.usage("no " + count + " free UDP ports in a row below " + LAST_PORT + ": give a --base-port");
    }

    private static int takenPort(final int base, final int count)
    {
        for (int port = base; port < base + count; port++)
        {
            try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
            {
                socket.setReuseAddress(false);
            }
            catch (final IOException ex)
            {
                return port;
            }
        }
        return -1;
    }
}
