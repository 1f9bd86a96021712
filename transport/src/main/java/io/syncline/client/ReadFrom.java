package io.syncline.client;

/**
 * Which replica a consumer reads from (PROTOCOL R7.2). Only members of the ISR are read; where the wished one is not in
 * it, or not alive, the leader serves.
 *
 * @param kind     how the replica is chosen
 * @param brokerId the broker for {@link Kind#BROKER}, -1 otherwise
 */
public record ReadFrom(Kind kind, int brokerId)
{
    /** How the replica is chosen. */
    public enum Kind
    {
        /** The leader, always. */
        LEADER,
        /** An ISR member in the rack of {@link ConsumerContext#rack(String)}, else the leader. */
        NEAREST,
        /** One broker by id while it is in the ISR, else the leader. */
        BROKER
    }

    /** The leader, always. */
    public static final ReadFrom LEADER = new ReadFrom(Kind.LEADER, -1);
    /** An ISR member in the client's rack, else the leader. */
    public static final ReadFrom NEAREST = new ReadFrom(Kind.NEAREST, -1);

    /**
     * @param brokerId node.id of the broker
     * @return that broker while it is in the ISR, else the leader
     */
    public static ReadFrom broker(final int brokerId)
    {
        return new ReadFrom(Kind.BROKER, brokerId);
    }

    /**
     * @param text leader, nearest or a broker id
     * @return what it says
     * @throws IllegalArgumentException with the text and what is accepted
     */
    public static ReadFrom parse(final String text)
    {
        final String word = text.trim().toLowerCase(java.util.Locale.ROOT);
        if ("leader".equals(word))
        {
            return LEADER;
        }
        if ("nearest".equals(word))
        {
            return NEAREST;
        }
        try
        {
            return broker(Integer.parseInt(word));
        }
        catch (final NumberFormatException ex)
        {
            throw new IllegalArgumentException("read-from '" + text + "' is none of leader, nearest, a broker id", ex);
        }
    }

    @Override
    public String toString()
    {
        return kind == Kind.BROKER ? Integer.toString(brokerId) : kind.name().toLowerCase(java.util.Locale.ROOT);
    }
}
