package io.syncline.tools;

import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.ControllerSession;
import io.syncline.protocol.Codes;

/** A controller that is not there. */
final class SilentControllerSession implements ControllerSession
{
    SilentControllerSession(final Listener listener)
    {
        // Nobody will ever be told anything.
    }

    @Override
    public int poll(final long nowNs)
    {
        return 0;
    }

    @Override
    public void keepAlive(final long nowNs)
    {
        // There is nobody to keep it alive for.
    }

    @Override
    public boolean isConnected()
    {
        return false;
    }

    @Override
    public long send(final long correlationId, final ControllerRequest request)
    {
        return Codes.CONTROLLER_UNAVAILABLE;
    }

    @Override
    public void close()
    {
        // Nothing was opened.
    }

    @Override
    public void abandon()
    {
        // Nothing was opened.
    }
}
