package io.syncline.controller;

import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.cluster.codecs.CloseReason;
import io.aeron.cluster.service.ClientSession;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusteredService;
import io.aeron.logbuffer.Header;
import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.metadata.Decider;
import io.syncline.metadata.Decision;
import io.syncline.metadata.MetadataCodec;
import org.agrona.DirectBuffer;
import org.agrona.ErrorHandler;

/**
 * The metadata hosted on Aeron Cluster: decode, decide, apply, tell. Thin on purpose; what it decides depends on the
 * cluster's log alone, so that every member and every replay comes to the same state.
 * <p>
 * A broker is told of changes while it is registered over its session and not fenced: nothing else is remembered about
 * sessions.
 */
final class ControllerService implements ClusteredService
{
    private final ClusterState state = new ClusterState();
    private final MetadataCodec codec = new MetadataCodec();
    private final ErrorHandler errorHandler;
    private final long egressTimeoutNs;
    private ControllerEgress egress;
    private Cluster cluster;
    private ClientSession sender;
    private long timestampMs;

    ControllerService(final ErrorHandler errorHandler, final long egressTimeoutNs)
    {
        this.errorHandler = errorHandler;
        this.egressTimeoutNs = egressTimeoutNs;
    }

    @Override
    public void onStart(final Cluster cluster, final Image snapshotImage)
    {
        this.cluster = cluster;
        egress = new ControllerEgress(cluster, codec, egressTimeoutNs);
        if (snapshotImage != null)
        {
            new SnapshotReader(codec, state).read(snapshotImage, cluster.idleStrategy());
        }
    }

    @Override
    public void onSessionOpen(final ClientSession session, final long timestamp)
    {
        // A session says who it is with its first request.
    }

    @Override
    public void onSessionClose(final ClientSession session, final long timestamp, final CloseReason closeReason)
    {
        carryOut(Decider.sessionClosed(session.id(), state, timestamp));
    }

    @Override
    public void onSessionMessage(
        final ClientSession session,
        final long timestamp,
        final DirectBuffer buffer,
        final int offset,
        final int length,
        final Header header)
    {
        if (session == null)
        {
            return;
        }
        sender = session;
        timestampMs = timestamp;
        try
        {
            codec.decodeRequest(buffer, offset, length, this::onRequest);
        }
        catch (final IllegalArgumentException | IndexOutOfBoundsException ex)
        {
            errorHandler.onError(new IllegalArgumentException(
                "controller session " + session.id() + " sent what is no request, it is closed: " + ex.getMessage(), ex));
            session.close();
        }
        finally
        {
            sender = null;
        }
    }

    @Override
    public void onTimerEvent(final long correlationId, final long timestamp)
    {
        // No timers: sessions are Aeron Cluster's, silence is counted when it is reported.
    }

    @Override
    public void onTakeSnapshot(final ExclusivePublication snapshotPublication)
    {
        new SnapshotWriter(codec, state).write(snapshotPublication, cluster.idleStrategy());
    }

    @Override
    public void onRoleChange(final Cluster.Role newRole)
    {
        // Only the leader's egress leaves the machine; Aeron Cluster sees to that.
    }

    @Override
    public void onTerminate(final Cluster cluster)
    {
        // Nothing of ours is open.
    }

    private void onRequest(final long correlationId, final ControllerRequest request)
    {
        final Decision decision = Decider.decide(request, sender.id(), state, timestampMs);
        if (request instanceof RegisterBroker register && decision.isAccepted())
        {
            final BrokerState before = state.broker(register.brokerId());
            final long firstVersion = state.version() + 1;
            decision.events().forEach(state::apply);
            egress.changes(state, firstVersion, decision.events(), sender.id());
            egress.snapshot(sender, state);
            final ClientSession superseded = before == null || before.sessionId() == sender.id() ?
                null : cluster.getClientSession(before.sessionId());
            if (superseded != null)
            {
                superseded.close();
            }
        }
        else
        {
            carryOut(decision);
        }
        egress.reply(sender, correlationId, decision);
    }

    private void carryOut(final Decision decision)
    {
        if (!decision.events().isEmpty())
        {
            final long firstVersion = state.version() + 1;
            decision.events().forEach(state::apply);
            egress.changes(state, firstVersion, decision.events(), ControllerEgress.NOBODY);
        }
    }
}
