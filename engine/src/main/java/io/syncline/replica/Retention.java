package io.syncline.replica;

/**
 * R8.4: what a leader keeps of a partition's log. Both limits are for whole segments, the oldest first, and never for
 * the one that is written to; what the high watermark has not passed is no business of theirs.
 *
 * @param bytes  the log is cut back while it stays at least this large without its oldest segment; -1 for no limit
 * @param timeNs a segment goes once it was left longer ago than this; -1 for no limit
 */
public record Retention(long bytes, long timeNs)
{
    /** Everything is kept. */
    public static final Retention NONE = new Retention(-1, -1);

    /** @return true when nothing ever goes */
    public boolean keepsAll()
    {
        return bytes < 0 && timeNs < 0;
    }

    /**
     * Judges the oldest segment.
     *
     * @param ageNs     since it was left
     * @param bytesLeft of the log without it
     * @return true when it may go
     */
    public boolean isOutlived(final long ageNs, final long bytesLeft)
    {
        return bytes >= 0 && bytesLeft >= bytes || timeNs >= 0 && ageNs > timeNs;
    }
}
