package io.syncline.broker;

/**
 * The conductor's desk for clients: it reads the Request stream, keeps the client sessions, answers metadata and passes
 * admin requests on. Every call comes on the conductor's thread.
 */
interface ClientDesk extends AutoCloseable
{
    /**
     * @param nowNs monotonic time
     * @return work done
     */
    int doWork(long nowNs);

    /** {@link DeskServices#clusterState()} has changed: to be pushed to the clients. Once per duty cycle at most. */
    void onMetadataChanged();

    /**
     * The controller answered a {@link DeskServices#request}, or the session ended before it did
     * ({@code CONTROLLER_UNAVAILABLE}: the outcome is unknown).
     *
     * @param correlationId that {@code request} returned
     * @param code          0 or a code
     * @param value         a number where the request asks for one, -1 otherwise
     * @param message       for a person
     */
    void onReply(long correlationId, int code, long value, String message);

    @Override
    void close();
}
