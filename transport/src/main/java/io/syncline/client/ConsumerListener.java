package io.syncline.client;

/**
 * Hears what a consumer cannot settle by itself. The partition stands still until it is sought, also from inside the
 * callback. Without a listener {@link Consumer#poll(RecordHandler, int)} throws the same news as {@link
 * ClientException}.
 */
public interface ConsumerListener
{
    /**
     * Records this consumer has read are no longer part of the log: an unclean election cut them off (R7.1).
     *
     * @param handle    of the partition
     * @param position  next offset this consumer would have read
     * @param epoch     largest leader epoch both histories share
     * @param endOffset where the shared history ends; seek there to follow the log as it is now
     */
    void onDiverged(int handle, long position, int epoch, long endOffset);

    /**
     * The position lies outside the log: retention passed it, or it was sought beyond the high watermark.
     *
     * @param handle        of the partition
     * @param position      next offset wanted
     * @param logStart      first offset there is, -1 when not known
     * @param highWatermark end of what can be read, -1 when not known
     */
    void onOutOfRange(int handle, long position, long logStart, long highWatermark);
}
