package io.syncline.broker;

import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.protocol.Codes;
import io.syncline.stage.StageFile;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Outbound;
import io.syncline.stream.StreamIds;
import io.syncline.stream.Streams;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.NanoClock;

/**
 * Duty cycle of everything that is rare: the controller session, the roles of the partitions, streams to peers and
 * clients. Keeps the session, and so never waits for the disk, which is the {@link LogKeeper}'s.
 */
final class BrokerConductor implements Agent, DeskServices
{
    private static final long SHUT_DOWN_RETRY_NS = 50_000_000;

    private final BrokerContext context;
    private final NanoClock clock;
    private final Streams streams;
    private final LogKeeper keeper;
    private final BrokerQueues queues;
    private final BrokerEvents events;
    private final ControllerLink controller;
    private final PartitionRoles roles;
    private final PeerStreams peers;
    private final AtomicCounter registration;
    private final AgentWatch watch;
    private ClientDesk desk;
    private volatile boolean isReady;
    private volatile boolean isShuttingDown;
    private volatile boolean isHandedOver;
    private volatile boolean isAbandoned;
    private boolean isStarted;
    private boolean isFatal;
    private boolean isShutDownAsked;
    private long nextShutDownNs;

    BrokerConductor(
        final BrokerContext context, final Streams streams, final LogKeeper keeper, final BrokerCounters counters,
        final BrokerQueues queues, final ControllerLink controller, final AgentWatch watch, final BrokerEvents events,
        final ErrorHandler errorHandler, final StageFile stages)
    {
        this.context = context;
        this.clock = context.nanoClock();
        this.nextShutDownNs = clock.nanoTime();
        this.streams = streams;
        this.keeper = keeper;
        this.queues = queues;
        this.events = events;
        this.controller = controller;
        this.watch = watch;
        this.roles = new PartitionRoles(
            context.nodeId(), keeper, counters, queues, controller, events, errorHandler, this::onLeadershipFault,
            stages);
        this.registration = counters.registration();
        this.peers = new PeerStreams(context.nodeId(), streams, queues);
    }

    /** The desk is made with this conductor's services, and so after it. */
    void desk(final ClientDesk clientDesk)
    {
        this.desk = clientDesk;
    }

    @Override
    public int doWork()
    {
        final long nowNs = clock.nanoTime();
        int work = queues.conductor().drain(roles);
        if (!isFatal && !isAbandoned)
        {
            final boolean isAlive = watch.isAlive(nowNs);
            work += controller.doWork(nowNs, isAlive);
            work += applyMetadata();
            keepAlive(nowNs, isAlive);
            handOver(nowNs);
            getReady();
        }
        work += roles.doWork(nowNs);
        work += desk.doWork(nowNs);
        work += queues.flush() + keeper.flush();
        return work;
    }

    @Override
    public String roleName()
    {
        return "conductor-" + context.nodeId();
    }

    /** @return true once this broker is registered, and its logs are open and its roles handed out for the first time; any thread */
    boolean isReady()
    {
        return isReady;
    }

    /** @return the streams to this broker's peers; conductor's thread */
    PeerStreams peers()
    {
        return peers;
    }

    /** @return the replicas of this broker; conductor's thread, or after it has stopped */
    PartitionRoles roles()
    {
        return roles;
    }

    /** @return the cluster and the registration as this broker knows them; conductor's thread */
    ControllerLink controller()
    {
        return controller;
    }

    /** @return what serves clients, null before there is one; conductor's thread */
    ClientDesk desk()
    {
        return desk;
    }

    /** @return between the agents */
    BrokerQueues queues()
    {
        return queues;
    }

    /** @return true when another agent has told it something that it has not heard yet; any thread */
    boolean isTold()
    {
        return !queues.conductor().isEmpty();
    }

    /** R5.7: asks for the leaderships to be moved; any thread. */
    void startShutDown()
    {
        isShuttingDown = true;
    }

    /** @return true once nothing is led here any more, or nobody can take it over; any thread */
    boolean isHandedOver()
    {
        return isHandedOver;
    }

    /** The session ends without a word; any thread, while the conductor may still turn. */
    void abandon()
    {
        isAbandoned = true;
    }

    /**
     * The agents have stopped: the session ends and the logs are closed. Called by whoever stopped them.
     *
     * @param clean false to stop as a killed process would
     */
    void close(final boolean clean)
    {
        if (clean)
        {
            controller.close();
        }
        else
        {
            controller.abandon();
        }
        if (desk != null)
        {
            desk.close();
        }
        keeper.close(clean);
        roles.close();
        isReady = false;
        events.broker(clean ? "stopped" : "abandoned");
    }

    @Override
    public int brokerId()
    {
        return context.nodeId();
    }

    @Override
    public long incarnation()
    {
        return controller.incarnation();
    }

    @Override
    public ClusterState clusterState()
    {
        return controller.image();
    }

    @Override
    public long request(final ControllerRequest request)
    {
        return controller.request(request, desk::onReply);
    }

    @Override
    public void clientConnected(
        final long clientId, final Endpoint response, final boolean produces, final boolean fetches)
    {
        if (produces)
        {
            final Outbound produceAcks = streams.connect(response, StreamIds.PRODUCE_ACK);
            queues.acks().post((agent) -> agent.onClient(clientId, produceAcks));
        }
        if (fetches)
        {
            final Outbound deliver = streams.connect(response, StreamIds.DELIVER);
            queues.delivery().post((agent) -> agent.onClient(clientId, deliver));
        }
    }

    @Override
    public void clientGone(final long clientId)
    {
        queues.acks().post((agent) -> agent.onClientGone(clientId));
        queues.delivery().post((agent) -> agent.onClientGone(clientId));
    }

    @Override
    public PartitionCounters counters(final long key)
    {
        final LocalPartition partition = roles.get(key);
        return partition == null ? null : partition.counters();
    }

    @Override
    public PartitionReader reader(final long key)
    {
        final LocalPartition partition = roles.get(key);
        return partition == null ? null :
            partition.store().newReader(partition.counters().logEnd()::get);
    }

    @Override
    public void describe(final long key, final DescribeHandler handler)
    {
        final LocalPartition partition = roles.get(key);
        if (partition == null)
        {
            handler.onDescribed(
                Codes.UNKNOWN_PARTITION, -1, -1, -1, new int[0], new long[0], new long[0], new long[0]);
        }
        else if (partition.role() == LocalPartition.Role.LEADER)
        {
            final long logStart = partition.store().log().logStart();
            queues.acks().post((agent) -> agent.describe(key, logStart, handler));
        }
        else
        {
            handler.onDescribed(
                Codes.NOT_LEADER,
                partition.wanted().leaderEpoch(),
                partition.store().log().logStart(),
                partition.counters().highWatermark().get(),
                new int[]{ context.nodeId() },
                new long[]{ controller.incarnation() },
                new long[]{ partition.counters().logEnd().get() },
                new long[]{ partition.store().log().synced() });
        }
    }

    private int applyMetadata()
    {
        if (!controller.takeChanged())
        {
            return 0;
        }
        registration.setRelease(controller.isRegistered() ? controller.incarnation() : -1);
        peers.apply(controller.image());
        if (controller.isRegistered())
        {
            roles.apply(controller.image(), controller.incarnation());
            isStarted = true;
        }
        desk.onMetadataChanged();
        return 1;
    }

    /** R5.1: a live control thread over a dead data thread is the worst failure, so the data agents' turns are the pulse. */
    private void keepAlive(final long nowNs, final boolean isAlive)
    {
        if (isAlive)
        {
            controller.keepAlive(nowNs);
        }
        else if (watch.takeStalled())
        {
            events.broker("data agents stand still: the controller session is left to lapse");
        }
    }

    private void getReady()
    {
        if (isStarted && !isReady && !isFatal && roles.isSettled())
        {
            isReady = true;
        }
    }

    private void handOver(final long nowNs)
    {
        if (!isShuttingDown || isHandedOver)
        {
            return;
        }
        if (!controller.isRegistered())
        {
            isHandedOver = true;
        }
        else if (!isShutDownAsked && nowNs - nextShutDownNs >= 0)
        {
            nextShutDownNs = nowNs + SHUT_DOWN_RETRY_NS;
            isShutDownAsked = controller.request(
                new ControllerRequest.ShutDownBroker(context.nodeId()), this::onShutDownAnswered) >= 0;
        }
    }

    private void onShutDownAnswered(final long correlationId, final int code, final long value, final String message)
    {
        isShutDownAsked = false;
        // 0: nothing is led here any more. A refusal cannot be waited for either.
        isHandedOver = code < 0 || value <= 0;
    }

    /** DESIGN, Errors: the node leaves the cluster rather than lead a partition whose log it doubts; the others elect. */
    private void onLeadershipFault()
    {
        if (!isFatal)
        {
            isFatal = true;
            isReady = false;
            isHandedOver = true;
            events.broker("leaves the cluster: a partition that it leads has failed");
            controller.close();
        }
    }
}
