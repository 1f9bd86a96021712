package io.syncline.metadata;

import java.util.Map;
import java.util.Set;

/**
 * Settings a topic can have, as text with the units of the node configuration: {@code us ms s m h} for durations,
 * {@code k m g} for sizes. The controller accepts only what this class reads.
 */
public final class TopicConfig
{
    /** Members the ISR must have before acks=all is accepted; a number from 1. */
    public static final String MIN_INSYNC_REPLICAS = "min.insync.replicas";
    /** {@code replicated} or {@code fsynced}. */
    public static final String DURABILITY = "durability";
    /** Size a replica's log is cut back to; -1 for no limit. */
    public static final String RETENTION_BYTES = "retention.bytes";
    /** Age after which records may be removed; -1 for no limit. */
    public static final String RETENTION_TIME = "retention.time";
    /** Size of a log segment. */
    public static final String SEGMENT_BYTES = "segment.bytes";
    /** Cluster default only: replicas of a topic created without a number. */
    public static final String DEFAULT_REPLICATION_FACTOR = "default.replication.factor";

    /** {@link #MIN_INSYNC_REPLICAS} of a topic, or of a cluster, that does not say. */
    public static final int MIN_INSYNC_REPLICAS_DEFAULT = 2;
    /** {@link #DEFAULT_REPLICATION_FACTOR} of a cluster that does not say; fewer where fewer brokers are alive. */
    public static final int REPLICATION_FACTOR_DEFAULT = 3;

    static final Set<String> KEYS =
        Set.of(MIN_INSYNC_REPLICAS, DURABILITY, RETENTION_BYTES, RETENTION_TIME, SEGMENT_BYTES);

    private TopicConfig()
    {
    }

    /**
     * @param config of a topic
     * @return {@link #MIN_INSYNC_REPLICAS}
     */
    public static int minInsyncReplicas(final Map<String, String> config)
    {
        final String text = config.get(MIN_INSYNC_REPLICAS);
        return text == null ? MIN_INSYNC_REPLICAS_DEFAULT : Integer.parseInt(text);
    }

    /**
     * @param config of a topic
     * @return true at durability level {@code fsynced}
     */
    public static boolean isFsynced(final Map<String, String> config)
    {
        return "fsynced".equals(config.get(DURABILITY));
    }

    /**
     * @param config of a topic
     * @return {@link #RETENTION_BYTES}, -1 for no limit
     */
    public static long retentionBytes(final Map<String, String> config)
    {
        return limit(config.get(RETENTION_BYTES), true);
    }

    /**
     * @param config of a topic
     * @return {@link #RETENTION_TIME} in nanoseconds, -1 for no limit
     */
    public static long retentionTimeNs(final Map<String, String> config)
    {
        return limit(config.get(RETENTION_TIME), false);
    }

    /**
     * @param config of a topic
     * @return {@link #SEGMENT_BYTES}, -1 where the broker's own setting holds
     */
    public static long segmentBytes(final Map<String, String> config)
    {
        return limit(config.get(SEGMENT_BYTES), true);
    }

    /**
     * @param key   of a setting
     * @param value as text
     * @return what is wrong with it, for a person; null when it is right
     */
    static String defect(final String key, final String value)
    {
        if (!KEYS.contains(key))
        {
            return "'" + key + "' is not a topic setting: use one of " + String.join(", ", KEYS.stream().sorted().toList());
        }
        try
        {
            return switch (key)
            {
                case MIN_INSYNC_REPLICAS -> Integer.parseInt(value) >= 1 ? null :
                    key + "=" + value + " is below 1: give a number from 1 to the replication factor";
                case DURABILITY -> "replicated".equals(value) || "fsynced".equals(value) ? null :
                    key + "=" + value + " is neither 'replicated' nor 'fsynced'";
                case SEGMENT_BYTES -> limit(value, true) >= 1 ? null : key + "=" + value + " is below 1: give a size such as 64m";
                default -> limit(value, RETENTION_BYTES.equals(key)) >= -1 ? null : key + "=" + value + " is negative";
            };
        }
        catch (final NumberFormatException | ArithmeticException ex)
        {
            return key + "=" + value + " cannot be read: give " + switch (key)
            {
                case MIN_INSYNC_REPLICAS -> "a number";
                case RETENTION_TIME -> "a duration such as 500ms, 30s or 12h, or -1 for no limit";
                default -> "a size such as 1048576, 64m or 2g";
            };
        }
    }

    private static long limit(final String text, final boolean isSize)
    {
        if (text == null || "-1".equals(text))
        {
            return -1;
        }
        int digits = 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits)))
        {
            digits++;
        }
        final long number = Long.parseLong(text.substring(0, digits));
        final String unit = text.substring(digits).trim();
        return Math.multiplyExact(number, isSize ? bytesPer(unit) : nanosPer(unit));
    }

    private static long bytesPer(final String unit)
    {
        return switch (unit)
        {
            case "" -> 1;
            case "k", "K" -> 1L << 10;
            case "m", "M" -> 1L << 20;
            case "g", "G" -> 1L << 30;
            default -> throw new NumberFormatException(unit);
        };
    }

    private static long nanosPer(final String unit)
    {
        return switch (unit)
        {
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> throw new NumberFormatException(unit);
        };
    }
}
