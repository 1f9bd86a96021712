package io.syncline.broker;

import java.util.concurrent.TimeUnit;

/**
 * Bounds of the delivery agent: what keeps one duty cycle short and one client from taking everything.
 *
 * @param maxSessions      consumer sessions at this broker, all clients together
 * @param sessionBytes     bytes of batches for one session before the next one has its turn
 * @param cycleBytes       bytes of batches for all sessions in one duty cycle
 * @param feedBytes        bytes of batches for all far-behind followers in one duty cycle
 * @param feedBytesPerSecond of batches for all far-behind followers while live records are committed, 0 for no bound
 * @param resolveTimeoutNs how long a session's start may stay undecided: a follower that has not got there yet, a new
 *                         leader whose high watermark is not known yet
 * @param quietHighWatermarkNs how long a high watermark that moved waits for a batch to ride on
 */
record DeliveryLimits(
    int maxSessions,
    int sessionBytes,
    int cycleBytes,
    int feedBytes,
    long feedBytesPerSecond,
    long resolveTimeoutNs,
    long quietHighWatermarkNs)
{
    /** For a broker that nobody has tuned. */
    static final DeliveryLimits DEFAULT = new DeliveryLimits(
        4096,
        64 * 1024,
        512 * 1024,
        256 * 1024,
        0,
        TimeUnit.SECONDS.toNanos(5),
        TimeUnit.MILLISECONDS.toNanos(5));

    DeliveryLimits withFeedBytesPerSecond(final long wanted)
    {
        return new DeliveryLimits(
            maxSessions, sessionBytes, cycleBytes, feedBytes, wanted, resolveTimeoutNs, quietHighWatermarkNs);
    }
}
