package io.syncline.broker;

import java.util.List;

/** Names of the keys a node's file may have, and what holds when they are not given. */
public final class BrokerConfiguration
{
    /** Prefix of the system property that stands for a key. */
    public static final String PROPERTY_PREFIX = "syncline.";

    /** Every key of a node's file, the broker's and the controller's: anything else stops the start. */
    public static final List<String> KEYS = List.of(
        "node.id", "process.roles", "cluster.id", "log.dir", "aeron.dir", "listeners", "advertised.host",
        "controller.quorum.voters", "broker.rack", "broker.session.timeout", "default.replication.factor",
        "min.insync.replicas", "replica.lag.time.max", "replica.catchup.rate",
        "leader.silence.timeout", "unclean.leader.election.enable", "log.segment.bytes", "log.retention.bytes", "log.retention.time", "log.free.bytes.min", "durability",
        "threading", "idle.strategy",
        "stage.sampling", "security.mode", "max.batch.bytes", "heartbeat.interval", "expected.brokers", "expected.clients");

    /** {@code cluster.id} */
    public static final String CLUSTER_ID_DEFAULT = "syncline";
    /** {@code listeners} */
    public static final String LISTENERS_DEFAULT = "client://localhost:19092,replication://localhost:19093";
    /** {@code controller.quorum.voters} */
    public static final String CONTROLLER_QUORUM_VOTERS_DEFAULT = "";
    /** {@code broker.session.timeout} */
    public static final String BROKER_SESSION_TIMEOUT_DEFAULT = "2s";
    /** {@code default.replication.factor} */
    public static final String DEFAULT_REPLICATION_FACTOR_DEFAULT = "3";
    /** {@code min.insync.replicas} */
    public static final String MIN_INSYNC_REPLICAS_DEFAULT = "2";
    /** {@code replica.lag.time.max} */
    public static final String REPLICA_LAG_TIME_MAX_DEFAULT = "10s";
    /** {@code leader.silence.timeout} */
    public static final String LEADER_SILENCE_TIMEOUT_DEFAULT = "200ms";
    /** {@code heartbeat.interval} */
    public static final String HEARTBEAT_INTERVAL_DEFAULT = "10ms";
    /** {@code log.segment.bytes} */
    public static final String LOG_SEGMENT_BYTES_DEFAULT = "64m";
    /** {@code log.retention.bytes}, {@code log.retention.time}: everything is kept */
    public static final String LOG_RETENTION_DEFAULT = "-1";
    /** {@code max.batch.bytes} */
    public static final String MAX_BATCH_BYTES_DEFAULT = "256k";
    /** {@code threading} */
    public static final String THREADING_DEFAULT = "shared";
    /** {@code idle.strategy} */
    public static final String IDLE_STRATEGY_DEFAULT = "adaptive";
    /** {@code expected.clients} */
    public static final String EXPECTED_CLIENTS_DEFAULT = "4";
    /** {@code durability} */
    public static final String DURABILITY_DEFAULT = "replicated";

    /** {@code stage.sampling} */
    public static final String STAGE_SAMPLING_DEFAULT = "64";

    private BrokerConfiguration()
    {
    }

    /**
     * @param key a key
     * @return its default as a file would write it, "" where there is none
     */
    public static String defaultOf(final String key)
    {
        return switch (key)
        {
            case "process.roles" -> "broker";
            case "cluster.id" -> CLUSTER_ID_DEFAULT;
            case "listeners" -> LISTENERS_DEFAULT;
            case "broker.session.timeout" -> BROKER_SESSION_TIMEOUT_DEFAULT;
            case "default.replication.factor" -> DEFAULT_REPLICATION_FACTOR_DEFAULT;
            case "min.insync.replicas" -> MIN_INSYNC_REPLICAS_DEFAULT;
            case "replica.lag.time.max" -> REPLICA_LAG_TIME_MAX_DEFAULT;
            case "leader.silence.timeout" -> LEADER_SILENCE_TIMEOUT_DEFAULT;
            case "heartbeat.interval" -> HEARTBEAT_INTERVAL_DEFAULT;
            case "unclean.leader.election.enable" -> "false";
            case "log.segment.bytes" -> LOG_SEGMENT_BYTES_DEFAULT;
            case "log.retention.bytes", "log.retention.time" -> LOG_RETENTION_DEFAULT;
            case "max.batch.bytes" -> MAX_BATCH_BYTES_DEFAULT;
            case "threading" -> THREADING_DEFAULT;
            case "idle.strategy" -> IDLE_STRATEGY_DEFAULT;
            case "durability" -> DURABILITY_DEFAULT;
            case "expected.clients" -> EXPECTED_CLIENTS_DEFAULT;
            case "stage.sampling" -> STAGE_SAMPLING_DEFAULT;
            case "security.mode" -> "none";
            default -> "";
        };
    }
}
