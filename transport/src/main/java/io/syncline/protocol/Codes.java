package io.syncline.protocol;

import io.aeron.Publication;

/**
 * Flow conditions as negative numbers, the same in every return value, wire message and counter.
 * <p>
 * -1 to -5 are Aeron's, with Aeron's meaning; Syncline's own go down from -16. A code is never thrown on the hot path;
 * elsewhere {@link #describe(long)} puts it into an exception's message.
 */
public final class Codes
{
    /** Done. */
    public static final int OK = 0;
    /** No path to the other side yet, or no longer: try again after the next {@code poll()}. */
    public static final int NOT_CONNECTED = (int)Publication.NOT_CONNECTED;
    /** The other side or a ring is full: try again after the next {@code poll()}. */
    public static final int BACK_PRESSURED = (int)Publication.BACK_PRESSURED;
    /** Aeron was busy with itself: try again at once. */
    public static final int ADMIN_ACTION = (int)Publication.ADMIN_ACTION;
    /** Closed for good: open a new one. */
    public static final int CLOSED = (int)Publication.CLOSED;
    /** The stream has reached its last position: close it and open a new one. */
    public static final int MAX_POSITION_EXCEEDED = (int)Publication.MAX_POSITION_EXCEEDED;

    /** This broker does not lead the partition. Retriable elsewhere: ask for metadata. */
    public static final int NOT_LEADER = -16;
    /** acks=all with fewer in-sync replicas than min.insync.replicas; nothing was appended (R6.2). Retriable. */
    public static final int NOT_ENOUGH_REPLICAS = -17;
    /** As above, but the ISR shrank after the append: the record may commit later (R6.2). Retriable with the same sequence. */
    public static final int NOT_ENOUGH_REPLICAS_AFTER_APPEND = -18;
    /** The broker or the session is fenced: a newer incarnation or session took its place. Fatal for the sender. */
    public static final int FENCED = -19;
    /** No such topic or partition here. */
    public static final int UNKNOWN_PARTITION = -20;
    /** The sender's leader epoch is older than this replica's (R1.2). */
    public static final int FENCED_LEADER_EPOCH = -21;
    /** The sender's leader epoch is newer than this replica's (R1.2). Retriable. */
    public static final int UNKNOWN_LEADER_EPOCH = -22;
    /** First sequence does not follow the last one (R6.3). */
    public static final int OUT_OF_ORDER_SEQUENCE = -23;
    /** Producer epoch below the newest one seen (R6.3): another producer took the name. Fatal for the producer. */
    public static final int INVALID_PRODUCER_EPOCH = -24;
    /** Offset below the log start or above the high watermark (R7.1). */
    public static final int OFFSET_OUT_OF_RANGE = -25;
    /** The reader's history and the replica's part at an earlier offset (R7.1). */
    public static final int DIVERGED = -26;
    /** Record or batch larger than the configured maximum; nothing was sent. */
    public static final int RECORD_TOO_LARGE = -27;
    /** Batch malformed: length, version or counts do not agree. */
    public static final int INVALID_BATCH = -28;
    /** Batch damaged: a CRC does not match. */
    public static final int CORRUPT_BATCH = -29;
    /** The log directory is offline or full. */
    public static final int STORAGE_ERROR = -30;
    /** Not decided within its time limit: it may or may not have happened. */
    public static final int TIMED_OUT = -31;
    /** The request contradicts the cluster's state; the message says how. */
    public static final int INVALID_REQUEST = -32;
    /** A topic of that name exists already. */
    public static final int TOPIC_EXISTS = -33;
    /** No such topic. */
    public static final int UNKNOWN_TOPIC = -34;
    /** Fewer live brokers than replicas asked for. */
    public static final int NOT_ENOUGH_BROKERS = -35;
    /** Partition epoch of a request is not the current one: somebody else changed the partition first (R4.4). */
    public static final int INVALID_PARTITION_EPOCH = -36;
    /** A proposed ISR member is fenced, shutting down or of another incarnation (R4.4). */
    public static final int INELIGIBLE_REPLICA = -37;
    /** No controller can be reached. Retriable. */
    public static final int CONTROLLER_UNAVAILABLE = -38;
    /** The partition has no leader. Retriable. */
    public static final int LEADER_NOT_AVAILABLE = -39;
    /** This broker holds no replica of the partition, or one that is not in sync. */
    public static final int NOT_REPLICA = -40;
    /** The other side speaks another protocol version. */
    public static final int UNSUPPORTED_VERSION = -41;
    /** The device of the leader's log has less room than log.free.bytes.min; nothing was appended (D2). Retriable. */
    public static final int NO_SPACE = -42;

    private Codes()
    {
    }

    /**
     * @param code any value, not only a known code
     * @return the code's name, or "OK" for a value that is not negative
     */
    public static String describe(final long code)
    {
        if (code >= 0)
        {
            return "OK";
        }
        return switch ((int)code)
        {
            case NOT_CONNECTED -> "NOT_CONNECTED";
            case BACK_PRESSURED -> "BACK_PRESSURED";
            case ADMIN_ACTION -> "ADMIN_ACTION";
            case CLOSED -> "CLOSED";
            case MAX_POSITION_EXCEEDED -> "MAX_POSITION_EXCEEDED";
            case NOT_LEADER -> "NOT_LEADER";
            case NOT_ENOUGH_REPLICAS -> "NOT_ENOUGH_REPLICAS";
            case NOT_ENOUGH_REPLICAS_AFTER_APPEND -> "NOT_ENOUGH_REPLICAS_AFTER_APPEND";
            case FENCED -> "FENCED";
            case UNKNOWN_PARTITION -> "UNKNOWN_PARTITION";
            case FENCED_LEADER_EPOCH -> "FENCED_LEADER_EPOCH";
            case UNKNOWN_LEADER_EPOCH -> "UNKNOWN_LEADER_EPOCH";
            case OUT_OF_ORDER_SEQUENCE -> "OUT_OF_ORDER_SEQUENCE";
            case INVALID_PRODUCER_EPOCH -> "INVALID_PRODUCER_EPOCH";
            case OFFSET_OUT_OF_RANGE -> "OFFSET_OUT_OF_RANGE";
            case DIVERGED -> "DIVERGED";
            case RECORD_TOO_LARGE -> "RECORD_TOO_LARGE";
            case INVALID_BATCH -> "INVALID_BATCH";
            case CORRUPT_BATCH -> "CORRUPT_BATCH";
            case STORAGE_ERROR -> "STORAGE_ERROR";
            case TIMED_OUT -> "TIMED_OUT";
            case INVALID_REQUEST -> "INVALID_REQUEST";
            case TOPIC_EXISTS -> "TOPIC_EXISTS";
            case UNKNOWN_TOPIC -> "UNKNOWN_TOPIC";
            case NOT_ENOUGH_BROKERS -> "NOT_ENOUGH_BROKERS";
            case INVALID_PARTITION_EPOCH -> "INVALID_PARTITION_EPOCH";
            case INELIGIBLE_REPLICA -> "INELIGIBLE_REPLICA";
            case CONTROLLER_UNAVAILABLE -> "CONTROLLER_UNAVAILABLE";
            case LEADER_NOT_AVAILABLE -> "LEADER_NOT_AVAILABLE";
            case NOT_REPLICA -> "NOT_REPLICA";
            case UNSUPPORTED_VERSION -> "UNSUPPORTED_VERSION";
            case NO_SPACE -> "NO_SPACE";
            default -> "code " + code;
        };
    }
}
