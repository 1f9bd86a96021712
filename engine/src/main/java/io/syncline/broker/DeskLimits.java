package io.syncline.broker;

import java.util.concurrent.TimeUnit;

/**
 * Bounds of the desk for clients.
 *
 * @param maxClients       clients connected to this broker
 * @param maxPending       requests that wait for the controller, all clients together
 * @param maxChecksums     checksums under way or waiting
 * @param clientTimeoutNs  silence after which a client's session ends
 * @param checksumBytes    bytes of batches summed up in one duty cycle
 * @param maxChecksumBytes bytes of batches summed up for one request: little enough to be answered before it is asked
 *                         again
 */
record DeskLimits(
    int maxClients, int maxPending, int maxChecksums, long clientTimeoutNs, int checksumBytes, long maxChecksumBytes)
{
    /** For a broker that nobody has tuned. */
    static final DeskLimits DEFAULT =
        new DeskLimits(1024, 1024, 64, TimeUnit.SECONDS.toNanos(10), 1024 * 1024, 32 * 1024 * 1024);
}
