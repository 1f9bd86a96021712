package io.syncline.controller;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.MetadataCodec;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.IdleStrategy;

/**
 * Writes the state as a stream of events between a beginning and an end, as a broker would be sent it.
 */
final class SnapshotWriter
{
    private static final int FRAME_LENGTH = 1024;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(2 * FRAME_LENGTH);
    private final MetadataCodec codec;
    private final ClusterState state;
    private int length;

    SnapshotWriter(final MetadataCodec codec, final ClusterState state)
    {
        this.codec = codec;
        this.state = state;
    }

    void write(final ExclusivePublication publication, final IdleStrategy idleStrategy)
    {
        length = codec.encodeSnapshotBegin(buffer, 0, state.version());
        state.forEachEvent((event) ->
        {
            if (length >= FRAME_LENGTH)
            {
                offer(publication, idleStrategy);
                length = 0;
            }
            length += codec.encodeEvent(buffer, length, event);
        });
        length += codec.encodeSnapshotEnd(buffer, length, state.version());
        offer(publication, idleStrategy);
    }

    private void offer(final ExclusivePublication publication, final IdleStrategy idleStrategy)
    {
        long result;
        while ((result = publication.offer(buffer, 0, length)) < 0)
        {
            if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED)
            {
                throw new IllegalStateException("the snapshot of version " + state.version() +
                    " could not be written: " + Publication.errorString(result));
            }
            idleStrategy.idle();
        }
    }
}
