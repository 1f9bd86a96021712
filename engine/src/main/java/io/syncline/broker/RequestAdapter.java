package io.syncline.broker;

import io.syncline.metadata.ControllerRequest;
import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.BooleanType;
import io.syncline.protocol.client.ChecksumPartitionDecoder;
import io.syncline.protocol.client.CloseClientDecoder;
import io.syncline.protocol.client.CommitOffsetDecoder;
import io.syncline.protocol.client.CommittedOffsetDecoder;
import io.syncline.protocol.client.ConnectClientDecoder;
import io.syncline.protocol.client.ConversationsDecoder;
import io.syncline.protocol.client.CreateTopicDecoder;
import io.syncline.protocol.client.DeleteTopicDecoder;
import io.syncline.protocol.client.DescribePartitionDecoder;
import io.syncline.protocol.client.ElectLeaderDecoder;
import io.syncline.protocol.client.InitProducerDecoder;
import io.syncline.protocol.client.KeepAliveDecoder;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.client.MetadataRequestDecoder;
import io.syncline.protocol.client.ReassignPartitionDecoder;
import io.syncline.stream.FrameHandler;
import org.agrona.DirectBuffer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Decodes the Request stream of clients. Belongs to the conductor. */
final class RequestAdapter implements FrameHandler
{
    private static final int UNREADABLE = -1;

    /** Takes what clients ask; a frame that cannot be read is named by {@link #onUnknown}. */
    interface Handler
    {
        /**
         * First message of a client, or the same again while it waits for the answer.
         *
         * @param clientId         of the client
         * @param correlationId    of this session
         * @param protocolVersion  that the client speaks
         * @param produces         true when it will produce, and wants acks
         * @param fetches          true when it will fetch, and wants deliveries
         * @param responseEndpoint where it listens
         */
        void onConnectClient(
            long clientId, long correlationId, int protocolVersion, boolean produces, boolean fetches,
            String responseEndpoint);

        /** The client is alive. */
        void onKeepAlive(long clientId);

        /** The client leaves. */
        void onCloseClient(long clientId);

        /** The client wants the whole picture. */
        void onMetadataRequest(long clientId, long correlationId);

        /** A request that only the controller can decide. */
        void onControllerRequest(long clientId, long correlationId, ControllerRequest request);

        /** See {@link DeskServices#describe}. */
        void onDescribePartition(long clientId, long correlationId, long key);

        /** See {@link ChecksumJob}. */
        void onChecksumPartition(long clientId, long correlationId, long key, long fromOffset, long toOffset);

        /** A message that this broker does not know, or -1 for a frame that is no message of a client. */
        void onUnknown(int templateId);
    }

    private final Handler handler;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final ConnectClientDecoder connectClient = new ConnectClientDecoder();
    private final KeepAliveDecoder keepAlive = new KeepAliveDecoder();
    private final CloseClientDecoder closeClient = new CloseClientDecoder();
    private final MetadataRequestDecoder metadataRequest = new MetadataRequestDecoder();
    private final InitProducerDecoder initProducer = new InitProducerDecoder();
    private final CreateTopicDecoder createTopic = new CreateTopicDecoder();
    private final DeleteTopicDecoder deleteTopic = new DeleteTopicDecoder();
    private final ElectLeaderDecoder electLeader = new ElectLeaderDecoder();
    private final ReassignPartitionDecoder reassign = new ReassignPartitionDecoder();
    private final DescribePartitionDecoder describe = new DescribePartitionDecoder();
    private final ChecksumPartitionDecoder checksum = new ChecksumPartitionDecoder();
    private final CommitOffsetDecoder commitOffset = new CommitOffsetDecoder();
    private final CommittedOffsetDecoder committedOffset = new CommittedOffsetDecoder();

    RequestAdapter(final Handler handler)
    {
        this.handler = handler;
    }

    @Override
    public boolean onFrame(final DirectBuffer buffer, final int offset, final int length)
    {
        if (length < MessageHeaderDecoder.ENCODED_LENGTH ||
            header.wrap(buffer, offset).schemaId() != ConnectClientDecoder.SCHEMA_ID ||
            header.blockLength() > length - MessageHeaderDecoder.ENCODED_LENGTH)
        {
            handler.onUnknown(UNREADABLE);
            return true;
        }
        try
        {
            dispatch(buffer, offset);
        }
        catch (final IndexOutOfBoundsException ex)
        {
            handler.onUnknown(UNREADABLE);
        }
        return true;
    }

    private void dispatch(final DirectBuffer buffer, final int offset)
    {
        switch (header.templateId())
        {
            case ConnectClientDecoder.TEMPLATE_ID ->
            {
                connectClient.wrapAndApplyHeader(buffer, offset, header);
                final ConversationsDecoder conversations = connectClient.conversations();
                handler.onConnectClient(connectClient.clientId(), connectClient.correlationId(),
                    connectClient.protocolVersion(), conversations == null || conversations.produce(),
                    conversations == null || conversations.fetch(), connectClient.responseEndpoint());
            }
            case KeepAliveDecoder.TEMPLATE_ID ->
                handler.onKeepAlive(keepAlive.wrapAndApplyHeader(buffer, offset, header).clientId());
            case CloseClientDecoder.TEMPLATE_ID ->
                handler.onCloseClient(closeClient.wrapAndApplyHeader(buffer, offset, header).clientId());
            case MetadataRequestDecoder.TEMPLATE_ID ->
            {
                metadataRequest.wrapAndApplyHeader(buffer, offset, header);
                handler.onMetadataRequest(metadataRequest.clientId(), metadataRequest.correlationId());
            }
            case DescribePartitionDecoder.TEMPLATE_ID ->
            {
                describe.wrapAndApplyHeader(buffer, offset, header);
                handler.onDescribePartition(describe.clientId(), describe.correlationId(),
                    PartitionKey.of(describe.topicId(), describe.partition()));
            }
            case ChecksumPartitionDecoder.TEMPLATE_ID ->
            {
                checksum.wrapAndApplyHeader(buffer, offset, header);
                handler.onChecksumPartition(checksum.clientId(), checksum.correlationId(),
                    PartitionKey.of(checksum.topicId(), checksum.partition()),
                    checksum.fromOffset(), checksum.toOffset());
            }
            default -> dispatchToController(buffer, offset);
        }
    }

    private void dispatchToController(final DirectBuffer buffer, final int offset)
    {
        switch (header.templateId())
        {
            case InitProducerDecoder.TEMPLATE_ID ->
            {
                initProducer.wrapAndApplyHeader(buffer, offset, header);
                handler.onControllerRequest(initProducer.clientId(), initProducer.correlationId(),
                    new ControllerRequest.InitProducer(initProducer.name()));
            }
            case CreateTopicDecoder.TEMPLATE_ID -> onCreateTopic(buffer, offset);
            case DeleteTopicDecoder.TEMPLATE_ID ->
            {
                deleteTopic.wrapAndApplyHeader(buffer, offset, header);
                handler.onControllerRequest(deleteTopic.clientId(), deleteTopic.correlationId(),
                    new ControllerRequest.DeleteTopic(deleteTopic.name()));
            }
            case ElectLeaderDecoder.TEMPLATE_ID ->
            {
                electLeader.wrapAndApplyHeader(buffer, offset, header);
                final int partition = electLeader.partition();
                final int to = electLeader.to();
                final boolean unclean = electLeader.unclean() == BooleanType.T;
                handler.onControllerRequest(electLeader.clientId(), electLeader.correlationId(),
                    new ControllerRequest.ElectLeader(electLeader.name(), partition, to, unclean));
            }
            case ReassignPartitionDecoder.TEMPLATE_ID -> onReassign(buffer, offset);
            case CommitOffsetDecoder.TEMPLATE_ID ->
            {
                commitOffset.wrapAndApplyHeader(buffer, offset, header);
                handler.onControllerRequest(commitOffset.clientId(), commitOffset.correlationId(),
                    new ControllerRequest.CommitOffset(commitOffset.group(),
                        PartitionKey.of(commitOffset.topicId(), commitOffset.partition()),
                        commitOffset.committedOffset()));
            }
            case CommittedOffsetDecoder.TEMPLATE_ID ->
            {
                committedOffset.wrapAndApplyHeader(buffer, offset, header);
                handler.onControllerRequest(committedOffset.clientId(), committedOffset.correlationId(),
                    new ControllerRequest.CommittedOffset(committedOffset.group(),
                        PartitionKey.of(committedOffset.topicId(), committedOffset.partition())));
            }
            default -> handler.onUnknown(header.templateId());
        }
    }

    private void onCreateTopic(final DirectBuffer buffer, final int offset)
    {
        createTopic.wrapAndApplyHeader(buffer, offset, header);
        final Map<String, String> config = new HashMap<>();
        for (final CreateTopicDecoder.ConfigsDecoder entry : createTopic.configs())
        {
            final String key = entry.key();
            config.put(key, entry.value());
        }
        handler.onControllerRequest(createTopic.clientId(), createTopic.correlationId(),
            new ControllerRequest.CreateTopic(
                createTopic.name(), createTopic.partitions(), createTopic.replicationFactor(), config));
    }

    private void onReassign(final DirectBuffer buffer, final int offset)
    {
        reassign.wrapAndApplyHeader(buffer, offset, header);
        final int partition = reassign.partition();
        final List<Integer> replicas = new ArrayList<>();
        for (final ReassignPartitionDecoder.ReplicasDecoder replica : reassign.replicas())
        {
            replicas.add(replica.brokerId());
        }
        handler.onControllerRequest(reassign.clientId(), reassign.correlationId(),
            new ControllerRequest.Reassign(reassign.name(), partition, replicas));
    }
}
