package io.syncline.client;

/**
 * A broker as the metadata shows it.
 *
 * @param brokerId    node.id
 * @param incarnation number of its registration
 * @param fenced      true while its controller session is gone
 * @param endpoint    where clients reach it
 * @param rack        broker.rack, empty when not set
 */
public record BrokerInfo(int brokerId, long incarnation, boolean fenced, String endpoint, String rack)
{
}
