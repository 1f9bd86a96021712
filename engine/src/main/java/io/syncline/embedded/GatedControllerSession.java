package io.syncline.embedded;

import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.ControllerSession;
import io.syncline.protocol.Codes;

/**
 * A controller session behind a gate. While it is closed the broker hears nothing, says nothing and is not kept alive,
 * so the controller times the session out as it would over a cut wire; what the controller says meanwhile waits on the
 * wire.
 * <p>
 * A session that was abandoned still has its connection, which a killed process would lose: {@link #release()} gives it
 * back once the controller has had its time to find out.
 */
final class GatedControllerSession implements ControllerSession
{
    private final ControllerSession session;
    private final NodeGate gate;

    GatedControllerSession(final ControllerSession session, final NodeGate gate)
    {
        this.session = session;
        this.gate = gate;
    }

    @Override
    public int poll(final long nowNs)
    {
        return gate.isOpen() ? session.poll(nowNs) : 0;
    }

    @Override
    public void keepAlive(final long nowNs)
    {
        if (gate.isOpen())
        {
            session.keepAlive(nowNs);
        }
    }

    @Override
    public boolean isConnected()
    {
        return session.isConnected();
    }

    @Override
    public long send(final long correlationId, final ControllerRequest request)
    {
        return gate.isOpen() ? session.send(correlationId, request) : Codes.NOT_CONNECTED;
    }

    @Override
    public void close()
    {
        if (gate.isOpen())
        {
            session.close();
        }
        else
        {
            session.abandon();
        }
    }

    @Override
    public void abandon()
    {
        session.abandon();
    }

    /** Gives back what {@link #abandon()} has left; any number of times. */
    void release()
    {
        session.close();
    }
}
