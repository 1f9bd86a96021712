package io.syncline.tools;

import io.syncline.broker.BrokerCounters;
import io.syncline.controller.ControllerStatus;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A cluster of processes as it is now.
 *
 * @param cluster          where it lives
 * @param nodes            its nodes
 * @param controllerLeader {@code node.id} of the controllers' leader, -1 where none is known
 * @param trouble          what keeps the cluster from being healthy; empty where it is
 */
record ClusterStatus(ClusterDirectory cluster, List<NodeStatus> nodes, int controllerLeader, List<String> trouble)
{
    private static final int NOBODY = -1;

    /**
     * @param node  which
     * @param pid   of its process, -1 where it has none
     * @param state of its process
     */
    record NodeStatus(ClusterNode node, long pid, ProcessIdentity.State state)
    {
    }

    /**
     * Looks at the processes, and at the counters of those that run; no network, no waiting.
     *
     * @param cluster to look at
     * @return its status
     */
    static ClusterStatus of(final ClusterDirectory cluster)
    {
        final List<NodeStatus> nodes = new ArrayList<>();
        final List<String> trouble = new ArrayList<>();
        for (final ClusterNode node : cluster.nodes())
        {
            final ProcessIdentity process = node.process();
            final ProcessIdentity.State state = process == null ? ProcessIdentity.State.DEAD : process.state();
            nodes.add(new NodeStatus(node, state == ProcessIdentity.State.DEAD ? -1 : process.pid(), state));
            if (state != ProcessIdentity.State.RUNNING)
            {
                trouble.add("node " + node.id() + " is " + state.word());
            }
            else if (node.isBroker() && !BrokerCounters.isRegistered(node.data().resolve(BrokerCounters.FILE_NAME).toFile()))
            {
                trouble.add("broker " + node.id() + " is not registered");
            }
        }
        final int controllerLeader = controllerLeader(nodes);
        if (controllerLeader == NOBODY)
        {
            trouble.add("no controller leads");
        }
        return new ClusterStatus(cluster, List.copyOf(nodes), controllerLeader, List.copyOf(trouble));
    }

    boolean isHealthy()
    {
        return trouble.isEmpty();
    }

    /**
     * Prints it.
     *
     * @param out  where to
     * @param json as the contract has it, else for a person
     */
    void print(final PrintStream out, final boolean json) throws IOException
    {
        if (json)
        {
            FormatOptions.document(out, (generator) ->
            {
                generator.writeStartObject();
                generator.writeStringField("bootstrap", cluster.bootstrap());
                generator.writeBooleanField("healthy", isHealthy());
                generator.writeNumberField("controllerLeader", controllerLeader);
                generator.writeArrayFieldStart("trouble");
                for (final String one : trouble)
                {
                    generator.writeString(one);
                }
                generator.writeEndArray();
                generator.writeArrayFieldStart("nodes");
                for (final NodeStatus status : nodes)
                {
                    generator.writeStartObject();
                    generator.writeNumberField("id", status.node().id());
                    generator.writeArrayFieldStart("roles");
                    for (final String role : status.node().roles())
                    {
                        generator.writeString(role);
                    }
                    generator.writeEndArray();
                    generator.writeNumberField("pid", status.pid());
                    generator.writeStringField("state", status.state().word());
                    generator.writeStringField("dir", status.node().directory().toString());
                    generator.writeEndObject();
                }
                generator.writeEndArray();
                generator.writeEndObject();
            });
            return;
        }
        out.println("bootstrap " + cluster.bootstrap());
        for (final NodeStatus status : nodes)
        {
            out.printf("node %-4d %-18s %-8s pid %d%s%n", status.node().id(), String.join(",", status.node().roles()),
                status.state().word(), status.pid(), status.node().id() == controllerLeader ? "  leads the controllers" : "");
        }
        out.println(isHealthy() ? "healthy" : "not healthy: " + String.join(", ", trouble));
        out.flush();
    }

    /** Of the members that run and believe to lead, the one of the newest term: an older one has not heard yet. */
    private static int controllerLeader(final List<NodeStatus> nodes)
    {
        int leader = NOBODY;
        long newestTerm = Long.MIN_VALUE;
        for (final NodeStatus status : nodes)
        {
            final ControllerStatus controller =
                status.node().isController() && status.state() == ProcessIdentity.State.RUNNING ?
                ControllerStatus.read(status.node().controllerDirectory()) : null;
            if (controller != null && controller.isLeader() && controller.leadershipTermId() > newestTerm)
            {
                newestTerm = controller.leadershipTermId();
                leader = controller.memberId();
            }
        }
        return leader;
    }
}
