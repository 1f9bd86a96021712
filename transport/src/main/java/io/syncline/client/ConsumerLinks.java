package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.DeliverDecoder;
import io.syncline.protocol.client.FetchEncoder;
import io.syncline.protocol.client.FetchedDecoder;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.stream.FrameHandler;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;

/** Between a consumer's partitions and the links: Fetch frames out, Fetched and Deliver frames in, the choice of replicas. */
final class ConsumerLinks implements ConsumerPartition.Output, ClientSession.Listener
{
    private static final int FRAME_LIMIT = 64;
    private static final int FETCH_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + FetchEncoder.BLOCK_LENGTH;
    private static final int FETCHED_LENGTH = MessageHeaderDecoder.ENCODED_LENGTH + FetchedDecoder.BLOCK_LENGTH;
    private static final int DELIVER_LENGTH = MessageHeaderDecoder.ENCODED_LENGTH + DeliverDecoder.BLOCK_LENGTH;

    private final ConsumerContext<?> ctx;
    private final Long2ObjectHashMap<ConsumerPartition> partitionByKey = new Long2ObjectHashMap<>();
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[FETCH_LENGTH]);
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private final FetchEncoder fetch = new FetchEncoder();
    private final FetchedDecoder fetched = new FetchedDecoder();
    private final DeliverDecoder deliver = new DeliverDecoder();
    private final FrameHandler frameHandler = this::onFrame;
    private ClientSession session;
    private RecordHandler handler;
    private RuntimeException failure;
    private int recordLimit;
    private int recordCount;
    private int nextLink;
    private long fetchId;

    ConsumerLinks(final ConsumerContext<?> ctx)
    {
        this.ctx = ctx;
    }

    void session(final ClientSession session)
    {
        this.session = session;
    }

    Long2ObjectHashMap<ConsumerPartition> partitions()
    {
        return partitionByKey;
    }

    /** @return records handed out */
    int poll(final RecordHandler handler, final int limit)
    {
        this.handler = handler;
        recordLimit = limit;
        recordCount = 0;
        final List<BrokerLink> links = session.links();
        nextLink++;
        for (int i = 0; i < links.size() && recordCount < limit && failure == null; i++)
        {
            final BrokerLink link = links.get(Math.floorMod(nextLink + i, links.size()));
            if (link.pollDeliveries(frameHandler, FRAME_LIMIT) > 0)
            {
                link.onHeard(session.nowNs());
            }
        }
        this.handler = null;
        if (failure != null)
        {
            final RuntimeException thrown = failure;
            failure = null;
            throw thrown;
        }
        return recordCount;
    }

    @Override
    public int chooseReplica(final ConsumerPartition partition, final boolean leaderOnly)
    {
        final int leader = partition.leader();
        final PartitionInfo info = partition.info();
        if (!leaderOnly && info != null)
        {
            if (ctx.readFrom().kind() == ReadFrom.Kind.BROKER && isOffered(info, ctx.readFrom().brokerId()))
            {
                return ctx.readFrom().brokerId();
            }
            if (ctx.readFrom().kind() == ReadFrom.Kind.NEAREST && !isInRack(leader))
            {
                for (final int brokerId : info.isr())
                {
                    if (isInRack(brokerId) && isOffered(info, brokerId))
                    {
                        return brokerId;
                    }
                }
            }
        }
        return leader >= 0 && session.connectedLink(leader) != null ? leader : -1;
    }

    private boolean isOffered(final PartitionInfo info, final int brokerId)
    {
        return info.isr().contains(brokerId) && session.connectedLink(brokerId) != null;
    }

    private boolean isInRack(final int brokerId)
    {
        final BrokerInfo broker = session.view().broker(brokerId);
        return broker != null && !ctx.rack().isEmpty() && ctx.rack().equals(broker.rack());
    }

    @Override
    public long sendFetch(final ConsumerPartition partition, final long fetchOffset)
    {
        final BrokerLink link = session.connectedLink(partition.servedBy());
        if (link == null)
        {
            return Codes.NOT_CONNECTED;
        }
        fetch.wrapAndApplyHeader(frame, 0, headerEncoder)
            .clientId(session.clientId())
            .topicId(partition.topicId)
            .fetchId(partition.fetchId())
            .fetchOffset(fetchOffset)
            .creditLimit(partition.creditLimit())
            .partition(partition.topicPartition.partition())
            .leaderEpoch(partition.leaderEpoch())
            .lastEpoch(partition.lastEpoch())
            .fromFollower(partition.servedBy() == partition.leader() ? 0 : 1);
        return link.offerFetch(frame, FETCH_LENGTH);
    }

    @Override
    public long nextFetchId()
    {
        return ++fetchId;
    }

    @Override
    public void wantMetadata()
    {
        session.wantMetadata();
    }

    @Override
    public void onConnected(final BrokerLink link)
    {
        onMetadata(session.view());
    }

    @Override
    public void onLost(final BrokerLink link)
    {
        if (!session.isClosed())
        {
            partitionByKey.values().forEach((partition) -> partition.onLost(link.brokerId(), session.nowNs()));
            session.wantMetadata();
        }
    }

    @Override
    public void onMetadata(final ClusterView view)
    {
        for (final ConsumerPartition partition : partitionByKey.values())
        {
            partition.onTopology(
                view.partition(partition.topicId, partition.topicPartition.partition()), session.nowNs());
        }
    }

    private boolean onFrame(final DirectBuffer buffer, final int offset, final int length)
    {
        try
        {
            return failure == null && onFrameUnguarded(buffer, offset, length);
        }
        catch (final RuntimeException ex)
        {
            // Streams report what a handler throws somewhere else: the application shall see it, and the record again.
            failure = ex;
            return false;
        }
    }

    private boolean onFrameUnguarded(final DirectBuffer buffer, final int offset, final int length)
    {
        headerDecoder.wrap(buffer, offset);
        if (length < MessageHeaderDecoder.ENCODED_LENGTH || headerDecoder.schemaId() != DeliverDecoder.SCHEMA_ID)
        {
            return true;
        }
        if (headerDecoder.templateId() == DeliverDecoder.TEMPLATE_ID && length >= DELIVER_LENGTH)
        {
            return onDeliver(buffer, offset, length);
        }
        if (headerDecoder.templateId() == FetchedDecoder.TEMPLATE_ID && length >= FETCHED_LENGTH)
        {
            fetched.wrapAndApplyHeader(buffer, offset, headerDecoder);
            final ConsumerPartition partition =
                find(fetched.clientId(), fetched.topicId(), fetched.partition(), fetched.fetchId());
            if (partition != null)
            {
                partition.onFetched(fetched.startOffset(), fetched.logStart(), fetched.highWatermark(),
                    fetched.leaderEpoch(), fetched.code(), fetched.leader(), session.nowNs());
            }
        }
        return true;
    }

    private boolean onDeliver(final DirectBuffer buffer, final int offset, final int length)
    {
        if (recordCount >= recordLimit)
        {
            return false;
        }
        deliver.wrapAndApplyHeader(buffer, offset, headerDecoder);
        final ConsumerPartition partition =
            find(deliver.clientId(), deliver.topicId(), deliver.partition(), deliver.fetchId());
        if (partition == null)
        {
            return true;
        }
        final int headLength = MessageHeaderDecoder.ENCODED_LENGTH + headerDecoder.blockLength();
        final int result = partition.onDeliver(deliver.highWatermark(), deliver.leaderEpoch(), buffer,
            offset + headLength, length - headLength, handler, recordLimit - recordCount, session.nowNs());
        recordCount += result < 0 ? ~result : result;
        return result >= 0;
    }

    private ConsumerPartition find(final long clientId, final long topicId, final int partition, final long fetchId)
    {
        final ConsumerPartition found = clientId != session.clientId() ? null :
            partitionByKey.get(PartitionKey.of(topicId, partition));
        return found == null || found.fetchId() != fetchId ? null : found;
    }
}
