package io.syncline.broker;

import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.DeliverDecoder;
import io.syncline.protocol.client.FetchEncoder;
import io.syncline.protocol.client.FetchedDecoder;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.record.BatchFlyweight;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Inbound;
import io.syncline.stream.MemoryStreams;
import io.syncline.stream.Outbound;
import io.syncline.stream.StreamIds;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** A consumer's half of the FETCH and DELIVER streams of one partition; it finds what lies above the high watermark. */
final class FetchClient
{
    record Answer(long fetchId, int code, long startOffset, long highWatermark, int leaderEpoch, int leader)
    {
    }

    record Batch(long id, long baseOffset, long endOffset, int epoch, long highWatermark, int length)
    {
    }

    final List<Answer> answers = new ArrayList<>();
    final List<Batch> batches = new ArrayList<>();
    final List<Long> highWatermarks = new ArrayList<>();
    private final long key;
    private final PartitionCounters counters;
    private final Outbound fetches;
    private final Inbound delivered;
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[512]);

    FetchClient(
        final long key, final PartitionCounters counters, final MemoryStreams streams, final Endpoint broker,
        final Endpoint client)
    {
        this.key = key;
        this.counters = counters;
        fetches = streams.connect(broker, StreamIds.FETCH);
        delivered = streams.listen(client, StreamIds.DELIVER);
    }

    void fetch(
        final long clientId,
        final long fetchId,
        final long offset,
        final long credit,
        final int leaderEpoch,
        final int lastEpoch,
        final int fromFollower)
    {
        new FetchEncoder().wrapAndApplyHeader(frame, 0, new MessageHeaderEncoder())
            .clientId(clientId).topicId(PartitionKey.topicId(key)).partition(PartitionKey.partition(key))
            .fetchId(fetchId).fetchOffset(offset).creditLimit(credit)
            .leaderEpoch(leaderEpoch).lastEpoch(lastEpoch).fromFollower(fromFollower);
        assertThat(fetches.offer(frame, 0, MessageHeaderEncoder.ENCODED_LENGTH + FetchEncoder.BLOCK_LENGTH))
            .isPositive();
    }

    /** @return frames that have come */
    int drain()
    {
        return delivered.poll(this::onFrame, Integer.MAX_VALUE);
    }

    private boolean onFrame(final DirectBuffer buffer, final int offset, final int length)
    {
        final MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(buffer, offset);
        if (header.templateId() == FetchedDecoder.TEMPLATE_ID)
        {
            final FetchedDecoder fetched = new FetchedDecoder().wrapAndApplyHeader(buffer, offset, header);
            answers.add(new Answer(fetched.fetchId(), fetched.code(), fetched.startOffset(),
                fetched.highWatermark(), fetched.leaderEpoch(), fetched.leader()));
        }
        else
        {
            final DeliverDecoder deliver = new DeliverDecoder().wrapAndApplyHeader(buffer, offset, header);
            final int body = MessageHeaderDecoder.ENCODED_LENGTH + DeliverDecoder.BLOCK_LENGTH;
            if (length == body)
            {
                highWatermarks.add(deliver.highWatermark());
            }
            else
            {
                final BatchFlyweight batch = new BatchFlyweight().wrap(buffer, offset + body);
                assertThat(batch.endOffset()).isLessThanOrEqualTo(counters.highWatermark().get());
                batches.add(new Batch(deliver.fetchId(), batch.baseOffset(), batch.endOffset(), batch.leaderEpoch(),
                    deliver.highWatermark(), length - body));
            }
        }
        return true;
    }
}
