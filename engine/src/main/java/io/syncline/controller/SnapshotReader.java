package io.syncline.controller;

import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerSession;
import io.syncline.metadata.MetadataCodec;
import io.syncline.metadata.MetadataEvent;
import org.agrona.concurrent.IdleStrategy;

/**
 * Reads what {@link SnapshotWriter} wrote into an empty state.
 */
final class SnapshotReader implements ControllerSession.Listener
{
    private static final int FRAGMENT_LIMIT = 100;

    private final MetadataCodec codec;
    private final ClusterState state;
    private long version = -1;
    private boolean complete;

    SnapshotReader(final MetadataCodec codec, final ClusterState state)
    {
        this.codec = codec;
        this.state = state;
    }

    void read(final Image image, final IdleStrategy idleStrategy)
    {
        final FragmentAssembler assembler = new FragmentAssembler(
            (buffer, offset, length, header) -> codec.decode(buffer, offset, length, this));
        while (!complete)
        {
            final int fragments = image.poll(assembler, FRAGMENT_LIMIT);
            if (fragments == 0 && !complete && image.isClosed())
            {
                throw new IllegalStateException("the controller's snapshot of version " + version + " ends too early, at " +
                    state.version() + " events: restore the cluster directory or remove the snapshot from recording.log");
            }
            idleStrategy.idle(fragments);
        }
    }

    @Override
    public void onSnapshotBegin(final long version)
    {
        this.version = version;
    }

    @Override
    public void onEvent(final long version, final MetadataEvent event)
    {
        state.apply(event);
    }

    @Override
    public void onSnapshotEnd()
    {
        state.version(version);
        complete = true;
    }

    @Override
    public void onConnected()
    {
        // No session: a file.
    }

    @Override
    public void onDisconnected(final String reason)
    {
        // No session: a file.
    }

    @Override
    public void onReply(final long correlationId, final int code, final long value, final String message)
    {
        throw new IllegalStateException("a reply in a snapshot: the recording is not the controller's");
    }
}
