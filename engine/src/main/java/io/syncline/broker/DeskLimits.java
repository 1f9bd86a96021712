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
 */
record DeskLimits(int maxClients, int maxPending, int maxChecksums, long clientTimeoutNs, int checksumBytes)
{
    /** For a broker that nobody has tuned. */
    static final DeskLimits DEFAULT =
        new DeskLimits(1024, 1024, 64, TimeUnit.SECONDS.toNanos(10), 1024 * 1024);
}
