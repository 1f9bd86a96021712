package io.syncline.metadata;

import java.util.ArrayList;
import java.util.List;

/**
 * The members of the controller quorum, as {@code controller.quorum.voters} names them: {@code id@host:port},
 * comma-separated, the same text at every node. A member takes {@link #PORTS} UDP ports from its own on:
 * <pre>
 *   port      ingress     requests of the brokers
 *   port + 1  consensus   heartbeats and elections among the members
 *   port + 2  log         what the leading member replicates
 *   port + 3  catch-up    of a member that is behind
 *   port + 4  archive     recordings that members fetch from each other
 * </pre>
 */
public final class QuorumVoters
{
    /** UDP ports of one member, from its own on. */
    public static final int PORTS = 5;

    private static final String KEY = "controller.quorum.voters";
    private static final int INGRESS = 0;
    private static final int CONSENSUS = 1;
    private static final int CATCHUP = 3;
    private static final int ARCHIVE = 4;
    private static final int MAX_PORT = 65535;

    private final List<Voter> voters;

    /**
     * One member.
     *
     * @param id   its {@code node.id}
     * @param host at which all others reach it
     * @param port the first of its {@link #PORTS} ports
     */
    public record Voter(int id, String host, int port)
    {
        /** @return where brokers send requests */
        public String ingress()
        {
            return host + ":" + (port + INGRESS);
        }

        /** @return where its archive is asked */
        public String archive()
        {
            return host + ":" + (port + ARCHIVE);
        }

        /** @return where the other members talk to it */
        public String consensus()
        {
            return host + ":" + (port + CONSENSUS);
        }

        /** @return where it listens for the log while it is behind */
        public String catchup()
        {
            return host + ":" + (port + CATCHUP);
        }

        boolean overlaps(final Voter other)
        {
            return host.equals(other.host) && Math.abs(port - other.port) < PORTS;
        }
    }

    private QuorumVoters(final List<Voter> voters)
    {
        this.voters = List.copyOf(voters);
    }

    /**
     * @param text value of {@code controller.quorum.voters}, not empty
     * @return the members in the order of the text
     * @throws IllegalArgumentException in one line, with what is wrong and the member it is about
     */
    public static QuorumVoters parse(final String text)
    {
        final List<Voter> voters = new ArrayList<>();
        for (final String one : text.split(",", -1))
        {
            final Voter voter = voter(text, one.trim());
            for (final Voter other : voters)
            {
                if (other.id == voter.id)
                {
                    throw wrong(text, "names member " + voter.id + " twice: give each member an id of its own");
                }
                if (other.overlaps(voter))
                {
                    throw wrong(text, "gives members " + other.id + " and " + voter.id + " ports " + other.port + " and " +
                        voter.port + " on " + voter.host + ": each member takes " + PORTS + " ports from its own on");
                }
            }
            voters.add(voter);
        }
        return new QuorumVoters(voters);
    }

    /** @return the members in the order they were named */
    public List<Voter> voters()
    {
        return voters;
    }

    /**
     * @param id of a node
     * @return the member with that id, or null
     */
    public Voter voter(final int id)
    {
        for (final Voter voter : voters)
        {
            if (voter.id == id)
            {
                return voter;
            }
        }
        return null;
    }

    /** @return where brokers reach the members, as Aeron Cluster's clients want it: {@code id=host:port}, comma-separated */
    public String ingressEndpoints()
    {
        final StringBuilder endpoints = new StringBuilder();
        for (final Voter voter : voters)
        {
            endpoints.append(endpoints.isEmpty() ? "" : ",").append(voter.id).append('=').append(voter.ingress());
        }
        return endpoints.toString();
    }

    /** @return the members as Aeron Cluster wants them: {@code id,ingress,consensus,log,catchup,archive}, separated by bars */
    public String clusterMembers()
    {
        final StringBuilder members = new StringBuilder();
        for (final Voter voter : voters)
        {
            members.append(members.isEmpty() ? "" : "|").append(voter.id);
            for (int i = 0; i < PORTS; i++)
            {
                members.append(',').append(voter.host).append(':').append(voter.port + i);
            }
        }
        return members.toString();
    }

    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder();
        for (final Voter voter : voters)
        {
            text.append(text.isEmpty() ? "" : ",").append(voter.id).append('@').append(voter.host).append(':').append(voter.port);
        }
        return text.toString();
    }

    private static Voter voter(final String text, final String one)
    {
        final int at = one.indexOf('@');
        final int colon = one.lastIndexOf(':');
        if (at < 1 || colon < at + 2)
        {
            throw wrong(text, "has '" + one + "': write id@host:port for each member");
        }
        final int id = number(text, one, one.substring(0, at));
        final int port = number(text, one, one.substring(colon + 1));
        if (port < 1 || port + PORTS - 1 > MAX_PORT)
        {
            throw wrong(text, "has port " + port + " in '" + one + "': a member takes " + PORTS +
                " ports from its own on, from 1 to " + MAX_PORT);
        }
        return new Voter(id, one.substring(at + 1, colon), port);
    }

    private static int number(final String text, final String one, final String digits)
    {
        try
        {
            final int value = Integer.parseInt(digits.trim());
            if (value >= 0)
            {
                return value;
            }
        }
        catch (final NumberFormatException ignore)
        {
            // falls through to the message below
        }
        throw wrong(text, "has '" + digits + "' in '" + one + "', which is not a number from 0: write id@host:port");
    }

    private static IllegalArgumentException wrong(final String text, final String rule)
    {
        return new IllegalArgumentException(KEY + "=" + text + " " + rule);
    }
}
