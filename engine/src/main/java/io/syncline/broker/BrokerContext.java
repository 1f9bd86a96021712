package io.syncline.broker;

import io.syncline.journal.JournalContext;
import io.syncline.metadata.ControllerSession;
import io.syncline.metadata.QuorumVoters;
import io.syncline.metadata.TopicConfig;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Streams;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.SystemNanoClock;

import java.io.File;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A broker's configuration. A value set by a setter wins over {@code -Dsyncline.<key>}, that over the file, that over
 * the default. {@link #conclude()} runs once, checks everything and touches nothing on disk; {@link #print} says what
 * holds and where it came from.
 */
public class BrokerContext
{
    private final ConfigurationValues values;
    private boolean concluded;

    private int nodeId;
    private File directory;
    private Endpoint clientEndpoint;
    private Endpoint replicationEndpoint;
    private long sessionTimeoutNs;
    private long replicaLagTimeMaxNs;
    private long leaderSilenceTimeoutNs;
    private long heartbeatIntervalNs;
    private long segmentBytes;
    private long freeBytesMin;
    private long catchupBytesPerSecond;
    private int maxBatchBytes;
    private int defaultReplicationFactor;
    private int minInsyncReplicas;
    private int expectedBrokers;
    private int expectedClients;
    private boolean fsynced;
    private int stageSampling;
    private Threading threading;

    private Supplier<Streams> streams;
    private Function<ControllerSession.Listener, ControllerSession> controllerSession;
    private LogStoreSupplier logStore;
    private Supplier<IdleStrategy> idleStrategy;
    private NanoClock nanoClock = SystemNanoClock.INSTANCE;
    private Executor syncExecutor;
    private EpochClock epochClock = SystemEpochClock.INSTANCE;
    private ErrorHandler errorHandler;
    /** A device must have room for the rest of a segment and for the next one, each twice as long where need be. */
    private static final int FREE_SEGMENTS_MIN = 4;

    private NodeFiles nodeFiles = NodeFiles.ON_DISK;

    /** Opens where the logs are kept, once the configuration holds. */
    @FunctionalInterface
    public interface LogStoreSupplier
    {
        /**
         * @param context concluded
         * @return the store, owned by the broker
         */
        LogStore open(BrokerContext context);
    }

    /** A context with every default. */
    public BrokerContext()
    {
        values = new ConfigurationValues();
    }

    /**
     * Takes the keys of a node's file.
     *
     * @param properties read from the file
     * @param source     named by {@link #print} and in messages, such as the file's name
     * @return this
     * @throws IllegalArgumentException for a key that is not one of {@link BrokerConfiguration#KEYS}
     */
    public BrokerContext properties(final Properties properties, final String source)
    {
        values.set(properties, source);
        return this;
    }

    /**
     * @param key   one of {@link BrokerConfiguration#KEYS}
     * @param value as a file would write it
     * @return this
     */
    public BrokerContext set(final String key, final String value)
    {
        values.set(key, value);
        return this;
    }

    /**
     * @param key one of {@link BrokerConfiguration#KEYS}
     * @return its value as a file would write it
     */
    public String get(final String key)
    {
        return values.get(key);
    }

    /**
     * Checks every value and every relation between them. Runs once; touches nothing on disk.
     *
     * @return this
     * @throws IllegalStateException    when called twice
     * @throws IllegalArgumentException in one line, with the key and the value that is wrong
     */
    public BrokerContext conclude()
    {
        if (concluded)
        {
            throw new IllegalStateException("a context belongs to one broker: node.id=" + nodeId + " was concluded before");
        }
        values.setFromSystemProperties();
        nodeId = values.number("node.id", 0, Integer.MAX_VALUE);
        final String logDir = values.get("log.dir");
        values.require(!logDir.isEmpty(), "log.dir", "must name the directory for this node's data");
        directory = new File(logDir);
        values.require(!directory.exists() || directory.isDirectory(), "log.dir", "is not a directory");
        listeners(values.get("listeners"));
        sessionTimeoutNs = values.durationNs("broker.session.timeout");
        replicaLagTimeMaxNs = values.durationNs("replica.lag.time.max");
        leaderSilenceTimeoutNs = values.durationNs("leader.silence.timeout");
        heartbeatIntervalNs = values.durationNs("heartbeat.interval");
        values.require(leaderSilenceTimeoutNs >= 3 * heartbeatIntervalNs, "leader.silence.timeout",
            "must be at least three times heartbeat.interval=" + values.get("heartbeat.interval"));
        values.require(sessionTimeoutNs >= leaderSilenceTimeoutNs, "broker.session.timeout",
            "must not be below leader.silence.timeout=" + values.get("leader.silence.timeout"));
        segmentBytes = values.sizeBytes("log.segment.bytes");
        final long batchBytes = values.sizeBytes("max.batch.bytes");
        values.require(batchBytes >= 1024 && batchBytes <= 1 << 24, "max.batch.bytes", "must be from 1k to 16m");
        values.require(segmentBytes >= 4 * batchBytes, "log.segment.bytes",
            "must be at least four times max.batch.bytes=" + values.get("max.batch.bytes"));
        maxBatchBytes = (int)batchBytes;
        freeBytesMin = values.isEmpty("log.free.bytes.min") ?
            FREE_SEGMENTS_MIN * segmentBytes : values.sizeBytes("log.free.bytes.min");
        catchupBytesPerSecond = values.isEmpty("replica.catchup.rate") ?
            FeedPace.BYTES_PER_SECOND_AND_CORE * Runtime.getRuntime().availableProcessors() : values.sizeBytes("replica.catchup.rate");
        defaultReplicationFactor = values.number("default.replication.factor", 1, 64);
        minInsyncReplicas = values.number("min.insync.replicas", 1, 64);
        values.require(minInsyncReplicas <= defaultReplicationFactor, "min.insync.replicas",
            "must not be above default.replication.factor=" + defaultReplicationFactor);
        fsynced = "fsynced".equals(values.oneOf("durability", "replicated", "fsynced"));
        stageSampling = values.number("stage.sampling", 0, Integer.MAX_VALUE);
        threading = Threading.valueOf(
            values.oneOf("threading", "dedicated", "shared", "invoker").toUpperCase(Locale.ROOT));
        values.require(
            "false".equals(values.oneOf("unclean.leader.election.enable", "true", "false")), "unclean.leader.election.enable",
            "must be false: no unclean election makes itself, 'syncline topic elect --unclean' makes one");
        values.oneOf("security.mode", "none", "insecure");
        expectedClients = values.number("expected.clients", 0, 1_000_000);
        expectedBrokers = values.isEmpty("expected.brokers") ?
            Math.max(defaultReplicationFactor, controllerQuorumVoters().split(",").length) :
            values.number("expected.brokers", 1, 1_000_000);
        values.require(controllerSession != null || !controllerQuorumVoters().isEmpty(), "controller.quorum.voters",
            "must name the controllers: id@host:port, comma-separated");
        if (!controllerQuorumVoters().isEmpty())
        {
            QuorumVoters.parse(controllerQuorumVoters());
        }
        values.require(segmentBytes >= JournalContext.SEGMENT_BYTES_MIN && segmentBytes <= JournalContext.SEGMENT_BYTES_MAX,
            "log.segment.bytes", "must be from 1m to 512m");
        checkRetention("log.retention.bytes", TopicConfig.RETENTION_BYTES, "a size such as 10g");
        checkRetention("log.retention.time", TopicConfig.RETENTION_TIME, "a duration such as 12h");
        if (idleStrategy == null)
        {
            idleStrategy = IdleStrategies.supplier(values.get("idle.strategy"), nanoClock);
        }
        concluded = true;
        return this;
    }

    /**
     * @param out where each value goes, one a line, with where it came from
     */
    public void print(final PrintStream out)
    {
        values.print(out);
    }

    /** @return {@code node.id} */
    public int nodeId()
    {
        return nodeId;
    }

    /**
     * @param nodeId from 0, this broker's alone in the cluster
     * @return this
     */
    public BrokerContext nodeId(final int nodeId)
    {
        return set("node.id", Integer.toString(nodeId));
    }

    /** @return {@code log.dir} */
    public File directory()
    {
        return directory;
    }

    /**
     * @param directory of this node's data
     * @return this
     */
    public BrokerContext directory(final File directory)
    {
        return set("log.dir", directory.getPath());
    }

    /**
     * @param aeronDir Aeron directory of a running media driver; without one the broker runs its own
     * @return this
     */
    public BrokerContext aeronDirectoryName(final String aeronDir)
    {
        return set("aeron.dir", aeronDir);
    }

    /** @return {@code aeron.dir}, "" for a driver of the broker's own */
    public String aeronDirectoryName()
    {
        return values.get("aeron.dir");
    }

    /**
     * @param client      where clients reach this broker
     * @param replication where its peers do
     * @return this
     */
    public BrokerContext listeners(final Endpoint client, final Endpoint replication)
    {
        return set("listeners", "client://" + client + ",replication://" + replication);
    }

    /** @return where clients reach this broker; a port of 0 is bound at launch */
    public Endpoint clientEndpoint()
    {
        return clientEndpoint;
    }

    /** @return where peers reach this broker; a port of 0 is bound at launch */
    public Endpoint replicationEndpoint()
    {
        return replicationEndpoint;
    }

    /** @return {@code advertised.host}, "" for the listeners' own */
    public String advertisedHost()
    {
        return values.get("advertised.host");
    }

    /** @return {@code cluster.id} */
    public String clusterId()
    {
        return values.get("cluster.id");
    }

    /** @return {@code broker.rack}, "" for none */
    public String rack()
    {
        return values.get("broker.rack");
    }

    /** @return {@code controller.quorum.voters} */
    public String controllerQuorumVoters()
    {
        return values.get("controller.quorum.voters");
    }

    /** @return {@code broker.session.timeout} */
    public long sessionTimeoutNs()
    {
        return sessionTimeoutNs;
    }

    /** @return {@code replica.lag.time.max} */
    public long replicaLagTimeMaxNs()
    {
        return replicaLagTimeMaxNs;
    }

    /** @return {@code leader.silence.timeout} */
    public long leaderSilenceTimeoutNs()
    {
        return leaderSilenceTimeoutNs;
    }

    /** @return {@code heartbeat.interval} */
    public long heartbeatIntervalNs()
    {
        return heartbeatIntervalNs;
    }

    /** @return {@code replica.catchup.rate}; 0 for no bound */
    public long catchupBytesPerSecond()
    {
        return catchupBytesPerSecond;
    }

    /** @return {@code log.free.bytes.min}; 0 to go on until the device is full */
    public long freeBytesMin()
    {
        return freeBytesMin;
    }

    /** @return {@code log.segment.bytes} */
    public long segmentBytes()
    {
        return segmentBytes;
    }

    /** @return {@code max.batch.bytes} */
    public int maxBatchBytes()
    {
        return maxBatchBytes;
    }

    /** @return {@code default.replication.factor} */
    public int defaultReplicationFactor()
    {
        return defaultReplicationFactor;
    }

    /** @return {@code min.insync.replicas} */
    public int minInsyncReplicas()
    {
        return minInsyncReplicas;
    }

    /**
     * @return {@code expected.brokers}, without it the larger of {@code default.replication.factor} and the number of
     * voters: how many the Aeron directory must have room for
     */
    public int expectedBrokers()
    {
        return expectedBrokers;
    }

    /** @return {@code expected.clients}: how many the Aeron directory must have room for */
    public int expectedClients()
    {
        return expectedClients;
    }

    /** @return true where {@code durability} is {@code fsynced} */
    public boolean fsynced()
    {
        return fsynced;
    }

    /** @return {@code stage.sampling}, 0 for a broker that measures no stages */
    public int stageSampling()
    {
        return stageSampling;
    }

    /** @return {@code threading} */
    public Threading threading()
    {
        return threading;
    }

    /**
     * @param threading who turns the agents
     * @return this
     */
    public BrokerContext threading(final Threading threading)
    {
        return set("threading", threading.name().toLowerCase(Locale.ROOT));
    }

    /** @return makes an idle strategy for each thread */
    public Supplier<IdleStrategy> idleStrategy()
    {
        return idleStrategy;
    }

    /**
     * @param supplier makes an idle strategy for each thread
     * @return this
     */
    public BrokerContext idleStrategy(final Supplier<IdleStrategy> supplier)
    {
        this.idleStrategy = supplier;
        return this;
    }

    /** @return where streams come from; null for Aeron */
    public Supplier<Streams> streams()
    {
        return streams;
    }

    /**
     * @param supplier called once at launch; the broker closes what it returns
     * @return this
     */
    public BrokerContext streams(final Supplier<Streams> supplier)
    {
        this.streams = supplier;
        return this;
    }

    /** @return makes the session with the controller; null for Aeron Cluster */
    public Function<ControllerSession.Listener, ControllerSession> controllerSession()
    {
        return controllerSession;
    }

    /**
     * @param supplier called once at launch with who listens; the broker closes what it returns
     * @return this
     */
    public BrokerContext controllerSession(final Function<ControllerSession.Listener, ControllerSession> supplier)
    {
        this.controllerSession = supplier;
        return this;
    }

    /** @return opens the store of the logs; null for the journal under {@code log.dir} */
    public LogStoreSupplier logStore()
    {
        return logStore;
    }

    /**
     * @param supplier called once at launch
     * @return this
     */
    public BrokerContext logStore(final LogStoreSupplier supplier)
    {
        this.logStore = supplier;
        return this;
    }

    /** @return forces the logs' pages, null for a thread of the broker's own */
    public Executor syncExecutor()
    {
        return syncExecutor;
    }

    /**
     * @param executor that forces the logs' pages, for brokers that share a process: as many forces at once as it has
     *                 threads. The caller's to shut down, when the broker is closed
     * @return this
     */
    public BrokerContext syncExecutor(final Executor executor)
    {
        this.syncExecutor = executor;
        return this;
    }

    /** @return monotonic time for every decision */
    public NanoClock nanoClock()
    {
        return nanoClock;
    }

    /**
     * @param clock monotonic time for every decision
     * @return this
     */
    public BrokerContext nanoClock(final NanoClock clock)
    {
        this.nanoClock = clock;
        return this;
    }

    /** @return wall clock, for people only */
    public EpochClock epochClock()
    {
        return epochClock;
    }

    /**
     * @param clock wall clock, for people only
     * @return this
     */
    public BrokerContext epochClock(final EpochClock clock)
    {
        this.epochClock = clock;
        return this;
    }

    /** @return told of asynchronous trouble besides the error log; null for nobody */
    public ErrorHandler errorHandler()
    {
        return errorHandler;
    }

    /**
     * @param handler told of asynchronous trouble besides the error log; must not throw
     * @return this
     */
    public BrokerContext errorHandler(final ErrorHandler handler)
    {
        this.errorHandler = handler;
        return this;
    }

    NodeFiles nodeFiles()
    {
        return nodeFiles;
    }

    BrokerContext nodeFiles(final NodeFiles files)
    {
        this.nodeFiles = files;
        return this;
    }

    /** Peers use the port behind the clients' where only one listener is named. */
    private void listeners(final String text)
    {
        for (final String listener : text.split(","))
        {
            final String one = listener.trim();
            if (one.startsWith("client://"))
            {
                clientEndpoint = endpoint(one.substring("client://".length()));
            }
            else if (one.startsWith("replication://"))
            {
                replicationEndpoint = endpoint(one.substring("replication://".length()));
            }
            else
            {
                values.require(text.indexOf(',') < 0, "listeners",
                    "must be host:port, or client://host:port,replication://host:port");
                clientEndpoint = endpoint(one.startsWith("PLAINTEXT://") ? one.substring("PLAINTEXT://".length()) : one);
                final int port = clientEndpoint.port();
                values.require(port < 65535, "listeners", "leaves no port for the peers, which is the next one");
                replicationEndpoint = new Endpoint(clientEndpoint.host(), port == 0 ? 0 : port + 1);
            }
        }
        values.require(clientEndpoint != null && replicationEndpoint != null, "listeners",
            "must name client:// and replication://");
        values.require(clientEndpoint.port() == 0 || !clientEndpoint.equals(replicationEndpoint), "listeners",
            "must differ in host or port");
    }

    private Endpoint endpoint(final String text)
    {
        try
        {
            return Endpoint.parse(text);
        }
        catch (final IllegalArgumentException ex)
        {
            values.require(false, "listeners", "is wrong: " + ex.getMessage());
            throw ex;
        }
    }

    /** Read as a topic's setting is, because that is what becomes of it. */
    private void checkRetention(final String key, final String topicKey, final String example)
    {
        long limit = 0;
        try
        {
            final Map<String, String> topic = Map.of(topicKey, values.get(key));
            limit = TopicConfig.RETENTION_BYTES.equals(topicKey) ?
                TopicConfig.retentionBytes(topic) : TopicConfig.retentionTimeNs(topic);
        }
        catch (final NumberFormatException | ArithmeticException ignore)
        {
            // falls through to the message below
        }
        values.require(limit > 0 || limit == -1, key, "must be " + example + ", or -1 for no limit");
    }
}
