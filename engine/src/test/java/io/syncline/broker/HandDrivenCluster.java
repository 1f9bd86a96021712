package io.syncline.broker;

import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.DirectController;
import io.syncline.metadata.PartitionState;
import io.syncline.protocol.PartitionKey;
import io.syncline.replica.MemoryLog;
import io.syncline.stream.Endpoint;
import io.syncline.stream.MemoryStreams;

import java.io.File;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Brokers in one thread, turned by hand, on streams, logs, a controller and a clock of the test's own. */
final class HandDrivenCluster implements AutoCloseable
{
    /** One turn of everything takes that long on the test's clock. */
    static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(1);

    final MemoryStreams network = new MemoryStreams();
    final DirectController controller = new DirectController();
    final Map<Integer, Broker> brokers = new HashMap<>();
    final Map<Integer, MemoryLogStore> stores = new HashMap<>();
    final Map<Integer, DirectController.DirectSession> sessions = new HashMap<>();
    final Map<Integer, Throwable> errors = new HashMap<>();
    final Set<Integer> stalled = new HashSet<>();
    /** Brokers whose disk does not answer. */
    final Set<Integer> waitingForDisk = new HashSet<>();
    /** Brokers whose conductor stands still. */
    final Set<Integer> stalledConductors = new HashSet<>();
    private final Path directory;
    private long nowNs = TimeUnit.SECONDS.toNanos(1000);
    private final TestClient client;

    HandDrivenCluster(final Path directory, final int brokerCount)
    {
        this.directory = directory;
        for (int id = 1; id <= brokerCount; id++)
        {
            start(id);
        }
        client = new TestClient(network.node("client"), new Endpoint("client", 9999));
        until(() -> brokers.values().stream().allMatch(Broker::isReady));
    }

    Broker start(final int id)
    {
        final MemoryLogStore store = stores.computeIfAbsent(id, (unused) -> new MemoryLogStore());
        final BrokerContext context = new Broker.Context()
            .nodeId(id)
            .directory(directory(id))
            .listeners(new Endpoint("broker" + id, 1), new Endpoint("broker" + id, 2))
            .threading(Threading.INVOKER)
            .set("log.segment.bytes", "1m")
            .set("replica.lag.time.max", "1s")
            .streams(() -> network.node("broker" + id))
            .logStore((unused) -> store)
            .nanoClock(() -> nowNs)
            .errorHandler((error) -> errors.put(id, error))
            .controllerSession((listener) ->
            {
                final DirectController.DirectSession session = controller.connect(listener);
                sessions.put(id, session);
                return session;
            });
        final Broker broker = Broker.launch(context);
        brokers.put(id, broker);
        return broker;
    }

    void kill(final int id)
    {
        brokers.remove(id).kill();
    }

    void stop(final int id)
    {
        final Broker broker = brokers.get(id);
        broker.startShutDown();
        until(broker::isHandedOver);
        brokers.remove(id);
        broker.close();
    }

    File directory(final int id)
    {
        return new File(directory.toFile(), "node-" + id);
    }

    TestClient client()
    {
        return client;
    }

    long createTopic(final String name, final int partitions, final int replicationFactor)
    {
        return controller.request(
            new ControllerRequest.CreateTopic(name, partitions, replicationFactor, Map.of())).value();
    }

    PartitionState partition(final long key)
    {
        return controller.state().partition(key);
    }

    int leaderOf(final long key)
    {
        return partition(key).leader();
    }

    MemoryLog log(final int id, final long key)
    {
        return stores.get(id).log(key);
    }

    long highWatermark(final int id, final long key)
    {
        final BrokerCountersView view = BrokerCountersView.of(directory(id));
        return view.value(BrokerCounters.HIGH_WATERMARK_TYPE_ID, key);
    }

    /** Turns until the leader of a partition serves: it has its log, and the epoch is durable in it. */
    void untilLed(final long key)
    {
        until(() -> leaderOf(key) > 0 && log(leaderOf(key), key) != null &&
            log(leaderOf(key), key).epochs().latestEpoch() == partition(key).leaderEpoch());
        run(5);
    }

    /** What a broker's disk takes its time for: everything else turns meanwhile. */
    void whileDiskIsBusy(final int id, final Runnable meanwhile)
    {
        waitingForDisk.add(id);
        try
        {
            meanwhile.run();
        }
        finally
        {
            waitingForDisk.remove(id);
        }
    }

    /** One turn of every broker. */
    void step()
    {
        nowNs += STEP_NS;
        for (final Broker broker : brokers.values())
        {
            if (!stalledConductors.contains(broker.context().nodeId()))
            {
                broker.sessionInvoker().invoke();
            }
            if (!waitingForDisk.contains(broker.context().nodeId()))
            {
                broker.logInvoker().invoke();
            }
            if (!stalled.contains(broker.context().nodeId()))
            {
                broker.dataInvoker().invoke();
            }
        }
        client.poll();
    }

    /** Turns until something holds; fails after ten seconds of the test's clock. */
    void until(final BooleanSupplier condition)
    {
        for (int i = 0; i < 10_000; i++)
        {
            if (condition.getAsBoolean())
            {
                return;
            }
            step();
        }
        throw new AssertionError("not reached within 10,000 turns; errors " + errors + "; state of partitions " +
            controller.state().partitions());
    }

    void run(final int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            step();
        }
    }

    static long key(final long topicId, final int partition)
    {
        return PartitionKey.of(topicId, partition);
    }

    @Override
    public void close()
    {
        brokers.values().forEach(Broker::kill);
        brokers.clear();
    }
}
