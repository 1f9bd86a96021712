package io.syncline.controller;

import io.syncline.broker.AeronControllerSession;
import io.syncline.broker.AeronControllerSessionContext;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.metadata.ControllerSession;
import io.syncline.metadata.MetadataEvent;
import io.syncline.protocol.Codes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** Registers over a real session, keeps it alive while polled, and folds what it hears into an image. */
final class BrokerStandIn implements ControllerSession.Listener, AutoCloseable
{
    private static final long REGISTER_AGAIN_NS = TimeUnit.SECONDS.toNanos(2);

    final AeronControllerSession session;
    final List<String> log = new ArrayList<>();
    final Map<Long, Integer> codes = new HashMap<>();
    final Map<Long, Long> values = new HashMap<>();
    ClusterState image = new ClusterState();
    long incarnation = -1;
    private final int brokerId;
    private final boolean resumes;
    private long snapshotVersion = -1;
    private long correlationId = 1;
    private boolean isRegistering;
    private long registerAgainNs;

    BrokerStandIn(final int brokerId, final Controller controller, final boolean udp)
    {
        this(brokerId, controller.aeronDirectoryName(), udp ? controller.ingressEndpoints() : "", false);
    }

    BrokerStandIn(final int brokerId, final String aeronDirectoryName, final String ingressEndpoints, final boolean resumes)
    {
        this.brokerId = brokerId;
        this.resumes = resumes;
        session = new AeronControllerSession(
            new AeronControllerSessionContext().aeronDirectoryName(aeronDirectoryName).ingressEndpoints(ingressEndpoints),
            this);
    }

    void poll()
    {
        final long nowNs = System.nanoTime();
        session.poll(nowNs);
        session.keepAlive(nowNs);
        if (isRegistering && nowNs - registerAgainNs >= 0)
        {
            // As a broker does: a request may go down with a leader, an answer with a client that came too late to hear
            // it.
            register();
        }
    }

    private void register()
    {
        isRegistering = true;
        registerAgainNs = System.nanoTime() + REGISTER_AGAIN_NS;
        session.send(1, new RegisterBroker(
            brokerId, "it", "dir-" + brokerId, false, "c", "r", "", Map.of(), resumes ? incarnation : -1, -1,
            List.of()));
    }

    long send(final ControllerRequest request)
    {
        final long id = ++correlationId;
        assertThat(session.send(id, request)).isEqualTo(Codes.OK);
        return id;
    }

    /** @return correlation id, or negative where nothing was sent */
    long trySend(final ControllerRequest request)
    {
        final long id = ++correlationId;
        return session.send(id, request) == Codes.OK ? id : -1;
    }

    boolean isRegistered()
    {
        return incarnation >= 0 && image.broker(brokerId) != null && image.broker(brokerId).incarnation() == incarnation;
    }

    @Override
    public void onConnected()
    {
        log.add("connected");
        register();
    }

    @Override
    public void onDisconnected(final String reason)
    {
        log.add("disconnected: " + reason);
    }

    @Override
    public void onSnapshotBegin(final long version)
    {
        image = new ClusterState();
        snapshotVersion = version;
    }

    @Override
    public void onEvent(final long version, final MetadataEvent event)
    {
        image.apply(event);
        assertThat(version).isEqualTo(snapshotVersion >= 0 ? snapshotVersion : image.version());
    }

    @Override
    public void onSnapshotEnd()
    {
        image.version(snapshotVersion);
        snapshotVersion = -1;
    }

    @Override
    public void onReply(final long correlationId, final int code, final long value, final String message)
    {
        codes.put(correlationId, code);
        values.put(correlationId, value);
        if (correlationId == 1)
        {
            incarnation = value;
            isRegistering = false;
        }
    }

    @Override
    public void close()
    {
        session.close();
    }
}
