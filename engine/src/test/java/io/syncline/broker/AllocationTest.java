package io.syncline.broker;

import com.sun.management.ThreadMXBean;
import io.syncline.client.Acks;
import io.syncline.client.ClientContext;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.client.ReadFrom;
import io.syncline.client.RecordHandler;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.DirectController;
import io.syncline.metadata.PartitionState;
import io.syncline.protocol.PartitionKey;
import io.syncline.stream.AeronStreams;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Inbound;
import io.syncline.stream.InvokedDriver;
import io.syncline.stream.MediaDrivers;
import io.syncline.stream.Outbound;
import io.syncline.stream.Streams;
import io.syncline.stream.StreamsContext;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Once started, no step of a record's life allocates: offer and poll at the producer, the leader's, follower's, acks
 * and delivery agents' turns at each broker, poll at the consumer, over real journals and real streams, with one batch
 * in four sampled, with acks in between, and with a roll of each log into its next segment. One thread turns everything
 * and asks the JVM before and after each of those steps what it has allocated.
 * <p>
 * It is asked for a round of 20,000 records in which nothing at all is allocated, once things are warm: a compiler that
 * is asked for a method makes the string constants of its class first, on the thread that asked, and goes on asking for
 * a while. What allocates for every record, once in a thousand, or with every roll, does so in every round.
 * <p>
 * Not counted, because they are not on a record's way: turns of the conductor (controller session, metadata) and of the
 * log keeper (files, syncing, and the next segment, which it prepares); Aeron's own turns (the media driver, the client
 * conductors).
 */
@Timeout(180)
class AllocationTest
{
    private static final int RECORDS = 20_000;
    private static final int ROUNDS = 10;
    private static final int VALUE_LENGTH = 64;
    private static final int BURST = 7;

    private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
    private final DirectController controller = new DirectController(TimeUnit.MINUTES.toNanos(5));
    private final List<Broker> brokers = new ArrayList<>();
    private final List<Streams> clientStreams = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();
    private File directory;
    private Agent[] agents;
    private long[] allocated;
    private long allocatedByClients;
    private long allocatedByClientConductors;
    private InvokedDriver driver;
    private long acked;
    private long read;
    private Producer producer;
    private Consumer consumer;

    @BeforeEach
    void start(@TempDir final File directory)
    {
        this.directory = directory;
        driver = MediaDrivers.launchInvoked(errors::add);
        final List<Agent> metered = new ArrayList<>();
        for (int id = 1; id <= 3; id++)
        {
            final Broker broker = Broker.launch(new Broker.Context()
                .nodeId(id)
                .directory(new File(directory, "node-" + id))
                .listeners(new Endpoint(null, 2 * id), new Endpoint(null, 2 * id + 1))
                .threading(Threading.INVOKER)
                // One thread for three brokers on a machine that others use too: nobody is to be taken for dead.
                .set("broker.session.timeout", "5m")
                .set("leader.silence.timeout", "1m")
                .set("replica.lag.time.max", "5m")
                // Less than a round writes.
                .set("log.segment.bytes", "1m").set("max.batch.bytes", "256k")
                .streams(() -> AeronStreams.connect(new StreamsContext().aeronDirectoryName(driver.aeronDirectoryName())))
                .errorHandler(errors::add)
                .controllerSession(controller::connect));
            brokers.add(broker);
            broker.dataAgents().stream().filter((agent) -> !(agent instanceof StreamsAgent)).forEach(metered::add);
        }
        agents = metered.toArray(Agent[]::new);
        allocated = new long[agents.length];
        until(() -> brokers.stream().allMatch(Broker::isReady));
    }

    @AfterEach
    void stop()
    {
        CloseHelper.quietCloseAll(producer, consumer);
        clientStreams.forEach(CloseHelper::quietClose);
        brokers.forEach(Broker::kill);
        CloseHelper.close(driver);
    }

    @Test
    void noStepOfARecordsLifeShouldAllocate() throws IOException
    {
        final long topicId = controller.request(
            new ControllerRequest.CreateTopic("t", 1, 3, Map.of())).value();
        final PartitionState partition = controller.state().partition(PartitionKey.of(topicId, 0));
        producer = Producer.connect(client(new Producer.Context()).acks(Acks.ALL).stageSampling(4).maxBatchBytes(32 * 1024)
            .ackListener((handle, from, upTo, upToOffset, epoch) -> acked += upTo - from + 1));
        final int handle = producer.handle("t", 0);
        final int follower = partition.replicas().get(partition.replicas().get(0) == partition.leader() ? 1 : 0);
        consumer = Consumer.connect(client(new Consumer.Context()).readFrom(ReadFrom.broker(follower)));
        consumer.seekToBeginning(consumer.assign("t", 0));
        final RecordHandler handler = (h, offset, epoch, timestampNs, buffer, ko, kl, valueOffset, vl) -> read++;
        final UnsafeBuffer value = new UnsafeBuffer(new byte[VALUE_LENGTH]);

        Map<String, Long> bytes = Map.of();
        for (int round = 1; round <= ROUNDS; round++)
        {
            reset();
            final Map<String, Long> before = segments();
            produce(handle, value, handler, RECORDS);
            bytes = allocated();
            assertThat(errors).isEmpty();
            assertThat(acked).isEqualTo((long)round * RECORDS);
            assertThat(read).isEqualTo((long)round * RECORDS);
            assertThat(segments()).as("segments after a roll of each log").hasSize(3)
                .allSatisfy((log, count) -> assertThat(count).isGreaterThan(before.getOrDefault(log, 0L)));
            if (bytes.values().stream().allMatch((count) -> count == 0))
            {
                return;
            }
        }
        assertThat(bytes).as("bytes for %s records, after %s rounds as many", RECORDS, ROUNDS)
            .allSatisfy((name, count) -> assertThat(count).isZero());
    }

    private Map<String, Long> allocated()
    {
        final Map<String, Long> bytes = new LinkedHashMap<>();
        for (int i = 0; i < agents.length; i++)
        {
            bytes.put(agents[i].roleName(), allocated[i]);
        }
        bytes.put("producer and consumer", allocatedByClients - allocatedByClientConductors);
        return bytes;
    }

    /** Bursts, so that batches of one and of several records are among them. */
    private void produce(
        final int handle, final UnsafeBuffer value, final RecordHandler handler, final int count)
    {
        final long target = acked + count;
        int offered = 0;
        while (acked < target || read < target)
        {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < BURST && offered < count && producer.offer(handle, value, 0, VALUE_LENGTH) >= 0; i++)
            {
                offered++;
            }
            producer.poll();
            consumer.poll(handler, 1000);
            allocatedByClients += threads.getCurrentThreadAllocatedBytes() - before;
            turn();
        }
    }

    private void turn()
    {
        driver.invoker().invoke();
        for (int i = 0; i < brokers.size(); i++)
        {
            final Broker broker = brokers.get(i);
            broker.sessionInvoker().invoke();
            broker.logInvoker().invoke();
            streamsOf(broker);
        }
        for (int i = 0; i < agents.length; i++)
        {
            final long before = threads.getCurrentThreadAllocatedBytes();
            work(agents[i]);
            allocated[i] += threads.getCurrentThreadAllocatedBytes() - before;
        }
    }

    private void streamsOf(final Broker broker)
    {
        work(broker.dataAgents().get(broker.dataAgents().size() - 1));
    }

    /** Segment files by the directory of their log. */
    private Map<String, Long> segments() throws IOException
    {
        try (Stream<Path> files = Files.walk(directory.toPath()))
        {
            return files.filter((file) -> file.toString().endsWith(".cq4"))
                .collect(Collectors.groupingBy((file) -> file.getParent().toString(), Collectors.counting()));
        }
    }

    private void work(final Agent agent)
    {
        try
        {
            agent.doWork();
        }
        catch (final Exception ex)
        {
            errors.add(ex);
        }
    }

    private void reset()
    {
        allocatedByClients = 0;
        allocatedByClientConductors = 0;
        Arrays.fill(allocated, 0);
    }

    private void until(final BooleanSupplier condition)
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean())
        {
            assertThat(System.nanoTime()).as("errors so far: " + errors).isLessThan(deadlineNs);
            turn();
        }
    }

    private <T extends ClientContext<T>> T client(final T context)
    {
        final Streams streams = new Metered(
            AeronStreams.connect(new StreamsContext().aeronDirectoryName(driver.aeronDirectoryName())));
        clientStreams.add(streams);
        return context.bootstrap("ipc:2,ipc:4,ipc:6").streams(streams).idleStrategy(new Turning())
            .requestTimeoutNs(TimeUnit.MINUTES.toNanos(1))
            .linkTimeoutNs(TimeUnit.MINUTES.toNanos(5));
    }

    /** What a client waits for, this thread has to bring about. */
    private final class Turning implements IdleStrategy
    {
        @Override
        public void idle(final int workCount)
        {
            turn();
        }

        @Override
        public void idle()
        {
            turn();
        }

        @Override
        public void reset()
        {
            // Nothing is remembered.
        }
    }

    /** A client's streams; what Aeron's own conductor allocates in a turn is told apart. */
    private final class Metered implements Streams
    {
        private final Streams streams;

        Metered(final Streams streams)
        {
            this.streams = streams;
        }

        @Override
        public Outbound connect(final Endpoint to, final int streamId)
        {
            return streams.connect(to, streamId);
        }

        @Override
        public Inbound listen(final Endpoint at, final int streamId)
        {
            return streams.listen(at, streamId);
        }

        @Override
        public Endpoint resolve(final Endpoint endpoint)
        {
            return streams.resolve(endpoint);
        }

        @Override
        public int doWork()
        {
            final long before = threads.getCurrentThreadAllocatedBytes();
            final int work = streams.doWork();
            allocatedByClientConductors += threads.getCurrentThreadAllocatedBytes() - before;
            return work;
        }

        @Override
        public void close()
        {
            streams.close();
        }
    }
}
