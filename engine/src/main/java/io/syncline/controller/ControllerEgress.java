package io.syncline.controller;

import io.aeron.Publication;
import io.aeron.cluster.service.ClientSession;
import io.aeron.cluster.service.Cluster;
import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.Decision;
import io.syncline.metadata.MetadataCodec;
import io.syncline.metadata.MetadataEvent;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.SystemNanoClock;

import java.util.List;

/**
 * What the controller says to its sessions. Only a leader's words leave it. A session that does not take them within
 * the egress timeout is closed: the others do not wait for it, and its broker comes back for a snapshot.
 */
final class ControllerEgress
{
    /** Session id of no session. */
    static final long NOBODY = Long.MIN_VALUE;

    /** Frames are sent when they reach this length; an egress stream of 256 KiB terms carries them. */
    private static final int FRAME_LENGTH = 16 * 1024;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(2 * FRAME_LENGTH);
    private final Cluster cluster;
    private final MetadataCodec codec;
    private final long timeoutNs;
    private int length;

    ControllerEgress(final Cluster cluster, final MetadataCodec codec, final long timeoutNs)
    {
        this.cluster = cluster;
        this.codec = codec;
        this.timeoutNs = timeoutNs;
    }

    /** Tells every registered broker but the one of the session left out, which gets a snapshot instead. */
    void changes(
        final ClusterState state, final long firstVersion, final List<MetadataEvent> events, final long leftOutSessionId)
    {
        if (cluster.role() != Cluster.Role.LEADER)
        {
            return;
        }
        int index = 0;
        while (index < events.size())
        {
            length = codec.encodeChanges(buffer, 0, firstVersion + index);
            while (index < events.size() && length < FRAME_LENGTH)
            {
                length += codec.encodeEvent(buffer, length, events.get(index++));
            }
            for (final BrokerState broker : state.brokers())
            {
                final ClientSession session = broker.fenced() || broker.sessionId() == leftOutSessionId ?
                    null : cluster.getClientSession(broker.sessionId());
                if (session != null)
                {
                    send(session);
                }
            }
        }
    }

    void snapshot(final ClientSession session, final ClusterState state)
    {
        if (cluster.role() != Cluster.Role.LEADER)
        {
            return;
        }
        length = codec.encodeSnapshotBegin(buffer, 0, state.version());
        state.forEachEvent((event) ->
        {
            if (length >= FRAME_LENGTH)
            {
                send(session);
                length = 0;
            }
            length += codec.encodeEvent(buffer, length, event);
        });
        length += codec.encodeSnapshotEnd(buffer, length, state.version());
        send(session);
    }

    void reply(final ClientSession session, final long correlationId, final Decision decision)
    {
        if (cluster.role() == Cluster.Role.LEADER)
        {
            length = codec.encodeReply(
                buffer, 0, correlationId, decision.code(), decision.value(), decision.message());
            send(session);
        }
    }

    private void send(final ClientSession session)
    {
        if (session.isClosing())
        {
            return;
        }
        long result = session.offer(buffer, 0, length);
        if (result < 0)
        {
            final long startNs = SystemNanoClock.INSTANCE.nanoTime();
            do
            {
                if (result == Publication.CLOSED ||
                    result == Publication.MAX_POSITION_EXCEEDED ||
                    SystemNanoClock.INSTANCE.nanoTime() - startNs > timeoutNs)
                {
                    session.close();
                    return;
                }
                cluster.idleStrategy().idle();
                result = session.offer(buffer, 0, length);
            }
            while (result < 0);
            cluster.idleStrategy().reset();
        }
    }
}
