package io.syncline.client;

/** When a produce counts as done (PROTOCOL R6.1). Says when the answer comes, never how the data replicates. */
public enum Acks
{
    /** No answer: done when sent. May be lost without notice. */
    NONE(0),
    /** After the leader's append. Lost when the leader is lost before its followers have it. */
    LEADER(1),
    /** When every in-sync replica holds it: never lost while one of them lives. */
    ALL(-1);

    private final byte level;

    Acks(final int level)
    {
        this.level = (byte)level;
    }

    /** @return the level on the wire: 0, 1 or -1 */
    public byte level()
    {
        return level;
    }

    /**
     * @param text none, leader, all, or Kafka's 0, 1, -1
     * @return the level
     * @throws IllegalArgumentException with the text and what is accepted
     */
    public static Acks parse(final String text)
    {
        return switch (text.trim().toLowerCase(java.util.Locale.ROOT))
        {
            case "none", "0" -> NONE;
            case "leader", "1" -> LEADER;
            case "all", "-1" -> ALL;
            default -> throw new IllegalArgumentException("acks '" + text + "' is none of none, leader, all (0, 1, -1)");
        };
    }
}
