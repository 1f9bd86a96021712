package io.syncline.metadata;

/**
 * What is known of a broker. Immutable.
 *
 * @param brokerId            {@code node.id}
 * @param incarnation         number of its latest registration
 * @param sessionId           controller session of that registration
 * @param directoryId         identity of its log directory
 * @param start               of the process on that directory that registered last, {@link #NO_START} where it named none
 * @param clientEndpoint      where clients reach it
 * @param replicationEndpoint where its peers reach it
 * @param rack                {@code broker.rack}, empty for none
 * @param fenced              its session is gone: in no ISR, leads nothing (R5.1)
 * @param shuttingDown        alive, but leaving: leads nothing that another could lead, joins no ISR
 */
public record BrokerState(
    int brokerId,
    long incarnation,
    long sessionId,
    String directoryId,
    long start,
    String clientEndpoint,
    String replicationEndpoint,
    String rack,
    boolean fenced,
    boolean shuttingDown)
{
    /** No start: of a broker of before starts were counted. */
    public static final long NO_START = Long.MIN_VALUE;

    /** @return true where the broker may join an ISR and be elected */
    public boolean isEligible()
    {
        return !fenced && !shuttingDown;
    }

    BrokerState asFenced()
    {
        return new BrokerState(
            brokerId, incarnation, sessionId, directoryId, start, clientEndpoint, replicationEndpoint, rack, true, false);
    }

    BrokerState asShuttingDown()
    {
        return new BrokerState(
            brokerId, incarnation, sessionId, directoryId, start, clientEndpoint, replicationEndpoint, rack, fenced, true);
    }
}
