package io.syncline.simulator;

import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerSession;
import io.syncline.metadata.MetadataEvent;

/** Takes the events of a snapshot. */
record SnapshotEvents(ClusterState loaded) implements ControllerSession.Listener
{
    @Override
    public void onConnected()
    {
    }

    @Override
    public void onDisconnected(final String reason)
    {
    }

    @Override
    public void onSnapshotBegin(final long version)
    {
    }

    @Override
    public void onEvent(final long version, final MetadataEvent event)
    {
        loaded.apply(event);
    }

    @Override
    public void onSnapshotEnd()
    {
    }

    @Override
    public void onReply(final long correlationId, final int code, final long value, final String message)
    {
    }
}
