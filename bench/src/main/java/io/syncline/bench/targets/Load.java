package io.syncline.bench.targets;

import io.syncline.client.Acks;

/**
 * What a target must know of the load to set its client up.
 *
 * @param rate         records a second; 0 as fast as it goes
 * @param lengthBytes  of each value
 * @param acks         level of acknowledgement
 * @param isDelivering the records are read back
 */
public record Load(long rate, int lengthBytes, Acks acks, boolean isDelivering)
{
}
