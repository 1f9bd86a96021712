package io.syncline.client;

import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.client.MetadataDecoder;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ClusterViewTest
{
    private final ScriptedCluster cluster = new ScriptedCluster(3, 1);
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final ClusterView view = new ClusterView();

    /** Z1: its version had been taken first, and its brokers with it: the client was left with a cluster of nobody. */
    @Test
    void shortMetadataShouldChangeNothing()
    {
        assertThat(view.onMetadata(metadata(1, 0))).isTrue();
        final ClusterDescription before = view.describe();
        final int length = cluster.encodeMetadata(buffer, 1, 1, 2);
        for (int missing = 1; missing < length - MessageHeaderDecoder.ENCODED_LENGTH - MetadataDecoder.BLOCK_LENGTH; missing++)
        {
            final int cut = missing;
            assertThatThrownBy(() -> view.onMetadata(metadata(2, cut))).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(view.describe()).isEqualTo(before);
        }
        assertThat(view.onMetadata(metadata(2, 0))).isTrue();
        assertThat(view.version()).isEqualTo(2);
    }

    private MetadataDecoder metadata(final long version, final int missing)
    {
        final int length = cluster.encodeMetadata(buffer, 1, 1, version);
        return new MetadataDecoder().wrapAndApplyHeader(
            new UnsafeBuffer(buffer, 0, length - missing), 0, new MessageHeaderDecoder());
    }
}
