package io.syncline.simulator;

import io.syncline.broker.Broker;
import io.syncline.broker.BrokerContext;
import io.syncline.broker.SimulatedNode;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.PartitionState;
import io.syncline.metadata.TopicConfig;
import io.syncline.metadata.TopicState;
import io.syncline.protocol.PartitionKey;
import io.syncline.stream.Endpoint;
import io.syncline.stream.StreamIds;

import java.io.File;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The brokers of a run: processes that come and go on machines and disks that stay. */
final class SimNodes
{
    private static final long SHUT_DOWN_LIMIT_NS = 6_000_000_000L;
    /** What each agent listens to. */
    private static final long[] STREAMS =
    {
        SimNetwork.bit(StreamIds.REQUEST), SimNetwork.bit(StreamIds.PRODUCE),
        SimNetwork.bit(StreamIds.LIVE) | SimNetwork.bit(StreamIds.BULK) | SimNetwork.bit(StreamIds.HEARTBEAT),
        SimNetwork.bit(StreamIds.CONTROL),
        SimNetwork.bit(StreamIds.FETCH), 0, 0
    };

    /** One machine. */
    static final class SimNode
    {
        final int id;
        final SimulatedNode.Disk disk;
        final SimLogStore store;
        final Map<Long, Integer> leaderEpochs = new HashMap<>();
        SimulatedNode node;
        SimController.Session session;
        SimStreams streams;
        final long[] stalledUntilNs = new long[STREAMS.length];
        long stoppingSinceNs;
        boolean isStopping;
        boolean isLossUntold;
        /** P3: the controller knows this directory, and nothing that counts at level fsynced is lost since then. */
        boolean isLossHarmless;
        /** Former ones of which the same held to their end. */
        final Set<String> harmlessDirectories = new HashSet<>();
        /** Partitions whose ISR it has left as lossy, and has not come back to. */
        final Set<Long> toldLossy = new HashSet<>();
        boolean isCleanlyStopped;
        /** The controller has accepted the last process that was not on an old copy. */
        boolean isStartKnown;
        /** D3: who it is was put back to what it was before the controller accepted it last. */
        boolean isOldCopy;
        boolean isCrashDark;
        int clockPartsOf1e6;
        long wallOffsetMs;
        long lastSum;
        long clockBaseNs;

        SimNode(final int id, final SimLogStore store)
        {
            this.id = id;
            this.store = store;
            disk = new SimulatedNode.Disk(id);
        }

        /** Agents stand still: of all, the first and the last. */
        void stall(final int first, final int last, final long untilNs)
        {
            Arrays.fill(stalledUntilNs, first, last + 1, untilNs);
        }

        void goOn()
        {
            Arrays.fill(stalledUntilNs, 0);
        }

        boolean isUp()
        {
            return node != null;
        }
    }

    private final SimConfig config;
    private final SimClock clock;
    private final SimRandom random;
    private final SimNetwork network;
    private final SimController controller;
    private final SimTrace trace;
    private final SimTurns turns;
    private final SimNode[] nodes;
    private final List<SimNode> all;

    SimNodes(
        final SimConfig config, final SimClock clock, final SimRandom random, final SimNetwork network,
        final SimController controller, final SimTrace trace, final SimTruth truth, final SimTurns turns)
    {
        this.config = config;
        this.clock = clock;
        this.random = random;
        this.network = network;
        this.controller = controller;
        this.trace = trace;
        this.turns = turns;
        nodes = new SimNode[config.brokers()];
        for (int id = 1; id <= nodes.length; id++)
        {
            nodes[id - 1] = new SimNode(id, new SimLogStore(
                id, truth, new SimRandom(config.seed(), 100 + id), config.syncIntervalUs() * 1000L,
                (16 + (int)(config.seed() & 3) * 16) * 1024));
        }
        all = List.of(nodes);
    }

    SimNode get(final int id)
    {
        return id > 0 && id <= nodes.length ? nodes[id - 1] : null;
    }

    Iterable<SimNode> all()
    {
        return all;
    }

    /** @return when a frame, or word of the controller, arrives for an agent */
    static long nextDueNs(final SimNode node, final int agent)
    {
        return agent == SimTurns.CONDUCTOR ?
            Math.min(node.session == null ? Long.MAX_VALUE : node.session.nextDueNs(), node.streams.nextDueNs(STREAMS[agent])) :
            node.streams.nextDueNs(STREAMS[agent]);
    }

    private static int agentOf(final int streamId)
    {
        int agent = 0;
        while ((STREAMS[agent] & SimNetwork.bit(streamId)) == 0)
        {
            agent++;
        }
        return agent;
    }

    SimLog log(final int broker, final long key)
    {
        final SimNode node = get(broker);
        return node == null ? null : node.store.log(key);
    }

    boolean isFsynced(final long key)
    {
        final TopicState topic = controller.state().topic(PartitionKey.topicId(key));
        return topic != null && TopicConfig.isFsynced(topic.config());
    }

    void start(final SimNode node)
    {
        if (node.isUp())
        {
            return;
        }
        node.isStopping = false;
        node.isCleanlyStopped = false;
        node.isStartKnown &= node.isOldCopy;
        node.goOn();
        node.clockBaseNs = random.nextLong(1L << 60) - (1L << 59);
        node.clockPartsOf1e6 = random.nextInt(4) == 0 ? random.nextInt(20_000) - 10_000 : random.nextInt(400) - 200;
        node.wallOffsetMs = random.nextLong(200_000_000) - 100_000_000;
        final BrokerContext context = new Broker.Context()
            .nodeId(node.id)
            .directory(new File("/nowhere/node-" + node.id))
            .listeners(new Endpoint("b" + node.id, 1), new Endpoint("b" + node.id, 2))
            .set("log.segment.bytes", "1m")
            .set("replica.lag.time.max", config.lagTimeMs() + "ms")
            .set("default.replication.factor", "3")
            .set("min.insync.replicas", "2")
            // Not by the cores of this machine: a seed runs alike everywhere.
            .set("replica.catchup.rate", "16m")
            .set("heartbeat.interval", config.heartbeatMs() + "ms")
            .streams(() ->
            {
                node.streams = network.node("b" + node.id, (stream, dueNs) ->
                    turns.wake(SimTurns.agent(node.id, agentOf(stream)), dueNs));
                return node.streams;
            })
            .logStore((unused) -> node.store.started(
                (journals) -> SimulatedNode.journals(journals, node.disk), (error) -> onError(node, error)))
            .nanoClock(clock.nanoClock(node.clockBaseNs, node.clockPartsOf1e6))
            .epochClock(clock.epochClock(() -> node.wallOffsetMs))
            .errorHandler((error) -> onError(node, error))
            .controllerSession((listener) ->
            {
                node.session = controller.connect(node.id, listener);
                return node.session;
            });
        node.node = SimulatedNode.launch(
            context, node.disk, "dir-" + random.nextLong(), trace.isRead() ? (line) -> trace.line("b" + node.id + ": " + line.substring(line.indexOf(' '))) : null);
        turns.started(node.id);
        trace.line("started b" + node.id);
    }

    void kill(final SimNode node)
    {
        if (node.isUp())
        {
            trace.line("killed b" + node.id);
            final SimulatedNode process = node.node;
            node.node = null;
            node.store.disk().onKilled();
            process.kill();
        }
    }

    /** Its process died within a change of several files, and with it, where that was planned and is not too much, the power. */
    void crash(final SimNode node, final String step)
    {
        trace.line("crashed b" + node.id + " after \"" + step + "\"");
        kill(node);
        if (node.isCrashDark)
        {
            losePower(node, false);
        }
    }

    /** @return false when that would be more than is promised (P2), and nothing was done */
    boolean losePower(final SimNode node, final boolean wipe)
    {
        final boolean isHarmless = config.fsynced() && !wipe && (!node.isLossUntold || node.isLossHarmless);
        final int dirty = lossyCount() + (isLossy(node) ? 0 : 1);
        if (!isHarmless && dirty >= minIsrOfAll())
        {
            return false;
        }
        kill(node);
        if (node.isCleanlyStopped && !node.isOldCopy && !wipe)
        {
            node.disk.losePower();
            return true;
        }
        trace.line((wipe ? "wiped b" : "lost power b") + node.id);
        if (wipe && node.isLossHarmless)
        {
            node.harmlessDirectories.add(node.disk.directoryId());
        }
        node.isLossUntold = true;
        node.isLossHarmless = isHarmless;
        node.disk.losePower();
        if (wipe)
        {
            node.disk.wipe();
            node.isOldCopy = false;
            node.store.wipe();
            node.leaderEpochs.clear();
        }
        else
        {
            node.store.losePower(!isHarmless);
        }
        return true;
    }

    /** D3. Its logs stay: what is in them is of no account while it is not taken in. */
    void putOldCopy(final SimNode node)
    {
        if (node.isUp() && node.isStartKnown && node.disk.putOldCopy())
        {
            kill(node);
            trace.line("old copy of b" + node.id);
            node.isOldCopy = true;
            start(node);
        }
    }

    /** What the old copy was put in the place of. */
    void putNewest(final SimNode node)
    {
        if (node.isOldCopy)
        {
            kill(node);
            trace.line("newest of b" + node.id);
            node.disk.putNewest();
            node.isOldCopy = false;
            start(node);
        }
    }

    /** @return D3: true where it comes from a process on an old copy */
    boolean isOfOldCopy(final ControllerRequest.RegisterBroker register)
    {
        return get(register.brokerId()).isOldCopy && isOfLastProcess(register);
    }

    private boolean isOfLastProcess(final ControllerRequest.RegisterBroker register)
    {
        return register.starts().get(register.starts().size() - 1) == get(register.brokerId()).disk.lastStart();
    }

    void flip(final SimNode node, final long key)
    {
        final SimLog log = node.store.log(key);
        if (log != null && mayLose(node))
        {
            final String segment = node.store.disk().flipBit(node.store.directory(key));
            if (segment != null)
            {
                trace.line("turned a bit of " + segment + " of b" + node.id);
                node.store.spoiled(key);
                log.isLossy = true;
                log.isDamaged = true;
            }
        }
    }

    /** D4; whatever was appended to any of its logs meanwhile may be anywhere. */
    void failSyncs(final SimNode node, final int count)
    {
        if (mayLose(node))
        {
            trace.line("syncs of b" + node.id + " fail");
            node.store.failSyncs(count);
        }
    }

    /** D4; its logs may be given up, whole as they are. */
    void failReads(final SimNode node, final int count)
    {
        if (mayLose(node))
        {
            trace.line("reads of b" + node.id + " fail");
            node.store.failing();
            node.store.disk().failReads(count);
        }
    }

    /** D2; as above. */
    void fill(final SimNode node, final long freeBytes)
    {
        if (freeBytes < 0)
        {
            node.store.disk().freeBytes(Long.MAX_VALUE);
        }
        else if (mayLose(node))
        {
            trace.line("b" + node.id + " has room for " + freeBytes + " bytes");
            node.store.failing();
            node.store.disk().freeBytes(freeBytes);
        }
    }

    /** D3; nobody has the log open. */
    void takeAway(final SimNode node, final long key, final boolean isAll)
    {
        final SimLog log = node.store.log(key);
        if (log == null || !mayLose(node))
        {
            return;
        }
        kill(node);
        if (isAll)
        {
            trace.line("log of b" + node.id + " is gone: " + log);
            node.store.takeAway(key);
            return;
        }
        final String segment = node.store.disk().spoilSealed(node.store.directory(key));
        if (segment != null)
        {
            trace.line("spoiled " + segment + " of b" + node.id);
            node.store.spoiled(key);
            log.isDamaged = true;
            log.changed(true);
        }
    }

    /** P4: as many replicas as a commit has at least are never bad at once, so that nothing may be lost. */
    private boolean mayLose(final SimNode node)
    {
        return lossyCount() + (isLossy(node) ? 0 : 1) < minIsrOfAll();
    }

    void stop(final SimNode node)
    {
        if (node.isUp() && !node.isStopping)
        {
            trace.line("stopping b" + node.id);
            node.isStopping = true;
            node.stoppingSinceNs = clock.nowNs();
            node.node.startShutDown();
        }
    }

    /** Ends controlled stops that have handed over. */
    void finishStops()
    {
        for (final SimNode node : nodes)
        {
            if (node.isUp() && node.isStopping && node.node.isHandedOver())
            {
                trace.line("stopped b" + node.id);
                final SimulatedNode process = node.node;
                node.node = null;
                process.stop();
                node.isCleanlyStopped = !node.isLossUntold;
            }
            else if (node.isUp() && node.isStopping && clock.nowNs() - node.stoppingSinceNs > SHUT_DOWN_LIMIT_NS)
            {
                kill(node);
            }
        }
    }

    /** The controller has heard how it came back, and counts from now on on what that directory holds. */
    void onRegistered(final ControllerRequest.RegisterBroker register)
    {
        final SimNode node = get(register.brokerId());
        node.isStartKnown |= isOfLastProcess(register);
        if (register.lossy() && isOfThisDirectory(register))
        {
            node.isLossUntold = false;
            node.isLossHarmless = true;
            for (final var partition : controller.state().partitions())
            {
                if (partition.replicas().contains(node.id))
                {
                    node.toldLossy.add(partition.key());
                }
            }
        }
        else if (register.lossy())
        {
            node.harmlessDirectories.add(register.directoryId());
        }
    }

    /** What a process sent before it died may arrive after its directory is gone, and knows nothing of that. */
    private boolean isOfThisDirectory(final ControllerRequest.RegisterBroker register)
    {
        return register.directoryId().equals(get(register.brokerId()).disk.directoryId());
    }

    /**
     * Asked before {@link #onRegistered}. A wipe is the loss of the directory that is gone, and is told of by the first
     * registration of the one in its place: whatever the controller counted on lay in the former. What it counts on
     * after that was written to the latter, in which a wipe of before took nothing; and a broker that has not heard its
     * incarnation goes on to call itself lossy, with nothing lost but what it has told of. So a later word of loss, of
     * a directory that the controller knows, speaks only of what that directory lost since: by power, which at level
     * fsynced takes nothing that can be committed (P3).
     *
     * @return P3: true where the loss that is told of took nothing from a topic at level fsynced that can be committed
     */
    boolean isToldLossHarmless(final ControllerRequest.RegisterBroker register)
    {
        final SimNode node = get(register.brokerId());
        return isOfThisDirectory(register) ? node.isLossHarmless :
            node.harmlessDirectories.contains(register.directoryId());
    }

    boolean isLossUntold(final int broker)
    {
        return get(broker).isLossUntold && !get(broker).isLossHarmless;
    }

    /** @return true where a log was taken away, and its broker has not found out */
    boolean isGone(final int broker, final long key)
    {
        return get(broker).store.isGone(key);
    }

    /** @return brokers whose logs are not to be counted on */
    int lossyCount()
    {
        int count = 0;
        for (final SimNode node : nodes)
        {
            count += isLossy(node) ? 1 : 0;
        }
        return count;
    }

    void killAll()
    {
        all.forEach(this::kill);
    }

    private boolean isLossy(final SimNode node)
    {
        boolean isLossy = isLossUntold(node.id);
        for (final var partition : controller.state().partitions())
        {
            isLossy |= partition.replicas().contains(node.id) &&
                (isLossy(node, partition) || isStillOutAsLossy(node, partition));
        }
        return isLossy;
    }

    /** The controller takes a loss for that of every log, also of one that was created between the loss and the word of it. */
    private static boolean isStillOutAsLossy(final SimNode node, final PartitionState partition)
    {
        if (partition.isr().contains(node.id))
        {
            node.toldLossy.remove(partition.key());
        }
        return node.toldLossy.contains(partition.key());
    }

    /** A log that is gone is not to be counted on either, told or not, until there is another that has caught up. */
    private static boolean isLossy(final SimNode node, final PartitionState partition)
    {
        final SimLog log = node.store.log(partition.key());
        return log != null ? log.isLossy : node.store.isGone(partition.key()) ||
            node.store.isLost(partition.key()) && !partition.isr().contains(node.id);
    }

    /** @return true where a replica may have held what it does not hold any more */
    boolean isLossy(final int broker, final PartitionState partition)
    {
        return isLossUntold(broker) || isLossy(get(broker), partition);
    }

    private int minIsrOfAll()
    {
        int min = Integer.MAX_VALUE;
        for (final var partition : controller.state().partitions())
        {
            min = Math.min(min, controller.state().minIsr(partition));
        }
        return min == Integer.MAX_VALUE ? 0 : min;
    }

    private void onError(final SimNode node, final Throwable error)
    {
        if (error instanceof Violation violation)
        {
            throw violation;
        }
        if (error instanceof AssertionError assertion)
        {
            throw assertion;
        }
        if (node.store.isSpoiled())
        {
            trace.line("b" + node.id + ": " + error.getMessage());
            return;
        }
        final Violation violation = new Violation("ERROR", "broker " + node.id + ": " + error);
        violation.initCause(error);
        throw violation;
    }
}
