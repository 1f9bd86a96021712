package io.syncline.broker;

import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.MetadataEvent;
import io.syncline.metadata.PartitionState;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.ChecksumDecoder;
import io.syncline.protocol.client.ChecksumPartitionEncoder;
import io.syncline.protocol.client.ClientConnectedDecoder;
import io.syncline.protocol.client.CloseClientEncoder;
import io.syncline.protocol.client.ConnectClientEncoder;
import io.syncline.protocol.client.CreateTopicEncoder;
import io.syncline.protocol.client.DescribePartitionEncoder;
import io.syncline.protocol.client.InitProducerEncoder;
import io.syncline.protocol.client.KeepAliveDecoder;
import io.syncline.protocol.client.KeepAliveEncoder;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.protocol.client.MetadataDecoder;
import io.syncline.protocol.client.MetadataRequestEncoder;
import io.syncline.protocol.client.PartitionDescribedDecoder;
import io.syncline.protocol.client.ProducerInitialisedDecoder;
import io.syncline.protocol.client.ReplyDecoder;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Inbound;
import io.syncline.stream.MemoryStreams;
import io.syncline.stream.Outbound;
import io.syncline.stream.StreamIds;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class RequestDeskTest
{
    private static final long CLIENT = 77;
    private static final long KEY = PartitionKey.of(1, 0);
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final DeskLimits LIMITS = new DeskLimits(2, 2, 2, TimeUnit.SECONDS.toNanos(1), 1024, 8192);

    private final MemoryStreams streams = new MemoryStreams();
    private final Endpoint broker = new Endpoint("broker", 1);
    private final Endpoint client = new Endpoint("client", 1);
    private final ScriptedConductor services = new ScriptedConductor(KEY);
    private final RequestDesk desk = new RequestDesk(
        services, streams.node("broker"), streams.listen(broker, StreamIds.REQUEST), LIMITS);
    private final Outbound requests = streams.connect(broker, StreamIds.REQUEST);
    private final Inbound responses = streams.listen(client, StreamIds.RESPONSE);
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[1024]);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final List<String> received = new ArrayList<>();
    private long nowNs = 1;

    @Test
    void shouldOpenTheStreamsOfAClientAndShowItTheCluster()
    {
        connect(CLIENT, 1, 0);
        turn();

        assertThat(services.calls).containsExactly("clientConnected 77 client:1 produces");
        assertThat(received).containsExactly("ClientConnected 1 code=0 broker=3 incarnation=9",
            "Metadata correlation=-1 version=0 brokers=[] topics=[]");
    }

    @Test
    void shouldAnswerARepeatedConnectWithoutOpeningTheStreamsAgain()
    {
        connect(CLIENT, 1, 0);
        connect(CLIENT, 1, 0);
        turn();

        assertThat(services.calls).hasSize(1);
        assertThat(received).filteredOn((r) -> r.startsWith("ClientConnected")).hasSize(2);
    }

    @Test
    void shouldOpenTheStreamsAnewForAClientThatConnectsAnew()
    {
        connect(CLIENT, 1, 0);
        turn();
        connect(CLIENT, 2, 0);
        turn();

        assertThat(services.calls).containsExactly(
            "clientConnected 77 client:1 produces", "clientGone 77", "clientConnected 77 client:1 produces");
    }

    @Test
    void shouldOpenBothStreamsForAClientOfAVersionThatDoesNotSayWhatItIsFor()
    {
        final ConnectClientEncoder connect = new ConnectClientEncoder();
        connect.wrap(frame, MessageHeaderEncoder.ENCODED_LENGTH);
        connect.clientId(CLIENT).correlationId(1).protocolVersion(0);
        final int blockLength = ConnectClientEncoder.conversationsEncodingOffset();
        connect.limit(MessageHeaderEncoder.ENCODED_LENGTH + blockLength);
        connect.responseEndpoint(client.toString()).name("test");
        header.wrap(frame, 0).blockLength(blockLength).templateId(ConnectClientEncoder.TEMPLATE_ID)
            .schemaId(ConnectClientEncoder.SCHEMA_ID).version(1);
        send(connect.encodedLength());
        turn();

        assertThat(services.calls).containsExactly("clientConnected 77 client:1 produces fetches");
    }

    @Test
    void shouldRefuseAnotherProtocolVersion()
    {
        connect(CLIENT, 1, 4);
        metadataRequest(2);
        turn();

        assertThat(received).containsExactly("ClientConnected 1 code=" + Codes.UNSUPPORTED_VERSION +
            " broker=3 incarnation=9");
        assertThat(services.calls).isEmpty();
        assertThat(desk.droppedRequests()).isEqualTo(1);
    }

    @Test
    void shouldTellClientsBeyondTheBoundThatTheyAreTooMany()
    {
        connect(1, 1, 0);
        connect(2, 1, 0);
        connect(3, 1, 0);
        turn();

        assertThat(services.calls).hasSize(2);
        assertThat(received).filteredOn((r) -> r.contains("code=" + Codes.BACK_PRESSURED)).hasSize(1);
    }

    @Test
    void shouldEndTheSessionOfASilentClientAndKeepThatOfALiveOne()
    {
        connect(CLIENT, 1, 0);
        turn();
        nowNs += LIMITS.clientTimeoutNs();
        send(new KeepAliveEncoder().wrapAndApplyHeader(frame, 0, header).clientId(CLIENT).encodedLength());
        turn();
        assertThat(received).last().isEqualTo("KeepAlive");
        assertThat(desk.clientCount()).isEqualTo(1);

        nowNs += LIMITS.clientTimeoutNs() + 1;
        turn();
        assertThat(desk.clientCount()).isZero();
        assertThat(services.calls).last().isEqualTo("clientGone 77");
    }

    @Test
    void shouldEndTheSessionOfAClientThatSaysGoodbye()
    {
        connect(CLIENT, 1, 0);
        turn();
        send(new CloseClientEncoder().wrapAndApplyHeader(frame, 0, header).clientId(CLIENT).encodedLength());
        turn();
        assertThat(services.calls).last().isEqualTo("clientGone 77");
    }

    @Test
    void shouldPushTheNewestMetadataOnceWhenItChanges()
    {
        connect(CLIENT, 1, 0);
        turn();
        received.clear();
        streams.refuse((from, to, streamId) -> streamId == StreamIds.RESPONSE);
        services.state.apply(new MetadataEvent.BrokerRegistered(3, 9, 1, "dir", 7, "h:1", "h:2", "rackA"));
        desk.onMetadataChanged();
        turn();
        services.state.apply(new MetadataEvent.TopicCreated(1, "orders", Map.of("min.insync.replicas", "1"), 1));
        services.state.apply(new MetadataEvent.PartitionChanged(
            new PartitionState(KEY, List.of(3, 4), List.of(), List.of(3), List.of(4), 3, 5, 6)));
        desk.onMetadataChanged();
        turn();
        assertThat(received).isEmpty();

        streams.heal();
        turn();
        turn();
        assertThat(received).containsExactly("Metadata correlation=-1 version=3 brokers=[3/9 h:1 rackA F] " +
            "topics=[1 orders {min.insync.replicas=1} 0:3/5/6[3=2, 4=1]]");
    }

    @Test
    void shouldAnswerAMetadataRequest()
    {
        connect(CLIENT, 1, 0);
        turn();
        metadataRequest(12);
        turn();
        assertThat(received).last().isEqualTo("Metadata correlation=12 version=0 brokers=[] topics=[]");
    }

    @Test
    void shouldPassRequestsOnAndAnswerThemWhenTheControllerDoes()
    {
        connect(CLIENT, 1, 0);
        turn();
        createTopic(21);
        initProducer(22);
        turn();
        assertThat(services.requests).containsExactly(
            new ControllerRequest.CreateTopic("orders", 2, 3, Map.of("durability", "fsynced")),
            new ControllerRequest.InitProducer("me"));

        desk.onReply(102, 0, ControllerRequest.InitProducer.value(6, 7), "");
        desk.onReply(101, Codes.TOPIC_EXISTS, -1, "orders exists");
        turn();
        assertThat(received).endsWith(
            "ProducerInitialised 22 code=0 6/7", "Reply 21 code=" + Codes.TOPIC_EXISTS + " -1 orders exists");
    }

    @Test
    void shouldSayThatTheControllerCannotBeReached()
    {
        connect(CLIENT, 1, 0);
        turn();
        services.requestResult = Codes.NOT_CONNECTED;
        createTopic(21);
        turn();
        assertThat(received).last().asString().startsWith("Reply 21 code=" + Codes.CONTROLLER_UNAVAILABLE);
    }

    @Test
    void shouldBoundTheRequestsThatWaitForTheController()
    {
        connect(CLIENT, 1, 0);
        turn();
        createTopic(1);
        createTopic(2);
        createTopic(3);
        turn();
        assertThat(received).last().asString().startsWith("Reply 3 code=" + Codes.BACK_PRESSURED);
        assertThat(services.requests).hasSize(2);
    }

    @Test
    void shouldKeepAnswersInOrderWhileTheClientIsSlow()
    {
        connect(CLIENT, 1, 0);
        turn();
        received.clear();
        streams.refuse((from, to, streamId) -> streamId == StreamIds.RESPONSE);
        metadataRequest(1);
        metadataRequest(2);
        turn();
        streams.heal();
        metadataRequest(3);
        turn();
        turn();
        assertThat(received).extracting((r) -> r.substring(0, 22)).containsExactly(
            "Metadata correlation=1", "Metadata correlation=2", "Metadata correlation=3");
    }

    @Test
    void shouldDropTheSessionOfAClientThatNeverReads()
    {
        connect(CLIENT, 1, 0);
        turn();
        streams.refuse((from, to, streamId) -> streamId == StreamIds.RESPONSE);
        for (int i = 0; i <= ClientSession.MAX_WAITING; i++)
        {
            metadataRequest(i);
            turn();
        }
        assertThat(desk.clientCount()).isZero();
    }

    @Test
    void shouldDescribeAPartition()
    {
        connect(CLIENT, 1, 0);
        turn();
        send(new DescribePartitionEncoder().wrapAndApplyHeader(frame, 0, header)
            .clientId(CLIENT).correlationId(31).topicId(1).partition(0).encodedLength());
        turn();
        turn();
        assertThat(received).last().isEqualTo("PartitionDescribed 31 code=0 epoch=4 start=1 hw=8 [3/9 end=10 synced=7]");
    }

    @Test
    void shouldSumUpAReplicaInStepsBelowItsHighWatermark()
    {
        connect(CLIENT, 1, 0);
        turn();
        services.append(50);
        services.counters.highWatermark().setRelease(40);

        final String whole = checksum(0, 100);
        assertThat(whole).startsWith("Checksum code=0 0-40 ");
        assertThat(checksum(0, 40)).isEqualTo(whole);
        assertThat(checksum(0, 39)).isNotEqualTo(whole);
        assertThat(services.openReaders).isZero();
    }

    @Test
    void shouldSumUpALongReplicaThroughOneReader()
    {
        connect(CLIENT, 1, 0);
        turn();
        services.append(60);
        services.counters.highWatermark().setRelease(60);

        assertThat(checksum(0, 60)).startsWith("Checksum code=0 0-60 ");
        assertThat(services.readersOpened).isOne();
        assertThat(services.openReaders).isZero();
    }

    @Test
    void shouldStopASumAtItsBoundOfBytesAndGoOnWhereItIsAskedTo()
    {
        connect(CLIENT, 1, 0);
        turn();
        services.append(200);
        services.counters.highWatermark().setRelease(200);

        final String first = checksum(0, 200);
        final int end = Integer.parseInt(first.replaceAll("Checksum code=0 0-(\\d+) .*", "$1"));
        assertThat(end).isBetween(1, 199);
        assertThat(checksum(0, end)).isEqualTo(first);
        assertThat(checksum(end, 200)).startsWith("Checksum code=0 " + end + "-");
    }

    @Test
    void shouldSumUpOnceWhatIsAskedAgainMeanwhile()
    {
        connect(CLIENT, 1, 0);
        turn();
        services.append(60);
        services.counters.highWatermark().setRelease(60);
        for (int i = 0; i < 3; i++)
        {
            askChecksum(0, 60);
            turn();
        }
        assertThat(desk.checksumCount()).isOne();
    }

    @Test
    void shouldEndASumWhoseReplicaGoesAndGiveItsReaderBack()
    {
        connect(CLIENT, 1, 0);
        turn();
        services.append(60);
        services.counters.highWatermark().setRelease(60);
        askChecksum(0, 60);
        turn();
        assertThat(services.openReaders).isOne();

        services.isHosting = false;
        turn();
        assertThat(received).last().asString().startsWith("Checksum code=" + Codes.NOT_REPLICA);
        assertThat(services.openReaders).isZero();
    }

    @Test
    void shouldRefuseAChecksumOfAPartitionThatIsNotHere()
    {
        connect(CLIENT, 1, 0);
        turn();
        services.isHosting = false;
        assertThat(checksum(0, 10)).startsWith("Checksum code=" + Codes.NOT_REPLICA);
    }

    @Test
    void shouldIgnoreClientsThatNeverConnectedAndFramesThatMakeNoSense()
    {
        metadataRequest(1);
        frame.setMemory(0, 64, (byte)0x7F);
        requests.offer(frame, 0, 3);
        requests.offer(frame, 0, 64);
        turn();
        assertThat(desk.droppedRequests()).isEqualTo(3);
    }

    private void askChecksum(final long from, final long to)
    {
        send(new ChecksumPartitionEncoder().wrapAndApplyHeader(frame, 0, header)
            .clientId(CLIENT).correlationId(41).topicId(1).partition(0).fromOffset(from).toOffset(to).encodedLength());
    }

    private String checksum(final long from, final long to)
    {
        askChecksum(from, to);
        final int before = received.size();
        int turns = 0;
        while (received.size() == before)
        {
            turn();
            turns++;
        }
        assertThat(turns).isGreaterThanOrEqualTo(services.isHosting ? 2 : 1);
        return received.get(before);
    }

    private void connect(final long clientId, final long correlationId, final int version)
    {
        final ConnectClientEncoder connect = new ConnectClientEncoder().wrapAndApplyHeader(frame, 0, header)
            .clientId(clientId).correlationId(correlationId).protocolVersion(version);
        connect.conversations().clear().produce(true);
        send(connect.responseEndpoint(client.toString()).name("test").encodedLength());
    }

    private void metadataRequest(final long correlationId)
    {
        send(new MetadataRequestEncoder().wrapAndApplyHeader(frame, 0, header)
            .clientId(CLIENT).correlationId(correlationId).encodedLength());
    }

    private void createTopic(final long correlationId)
    {
        final CreateTopicEncoder encoder = new CreateTopicEncoder().wrapAndApplyHeader(frame, 0, header)
            .clientId(CLIENT).correlationId(correlationId).partitions(2).replicationFactor(3);
        encoder.configsCount(1).next().key("durability").value("fsynced");
        send(encoder.name("orders").encodedLength());
    }

    private void initProducer(final long correlationId)
    {
        send(new InitProducerEncoder().wrapAndApplyHeader(frame, 0, header)
            .clientId(CLIENT).correlationId(correlationId).name("me").encodedLength());
    }

    private void send(final int encodedLength)
    {
        assertThat(requests.offer(frame, 0, HEADER + encodedLength)).isPositive();
    }

    private void turn()
    {
        desk.doWork(nowNs);
        services.answerDescribes();
        responses.poll(this::onResponse, Integer.MAX_VALUE);
    }

    private boolean onResponse(final DirectBuffer buffer, final int offset, final int length)
    {
        final MessageHeaderDecoder decoder = new MessageHeaderDecoder().wrap(buffer, offset);
        received.add(switch (decoder.templateId())
        {
            case ClientConnectedDecoder.TEMPLATE_ID ->
            {
                final ClientConnectedDecoder m = new ClientConnectedDecoder().wrapAndApplyHeader(buffer, offset, decoder);
                yield "ClientConnected " + m.correlationId() + " code=" + m.code() + " broker=" + m.brokerId() +
                    " incarnation=" + m.incarnation();
            }
            case KeepAliveDecoder.TEMPLATE_ID -> "KeepAlive";
            case MetadataDecoder.TEMPLATE_ID -> describe(new MetadataDecoder().wrapAndApplyHeader(buffer, offset, decoder));
            case ReplyDecoder.TEMPLATE_ID ->
            {
                final ReplyDecoder m = new ReplyDecoder().wrapAndApplyHeader(buffer, offset, decoder);
                yield "Reply " + m.correlationId() + " code=" + m.code() + " " + m.value() + " " + m.message();
            }
            case ProducerInitialisedDecoder.TEMPLATE_ID ->
            {
                final ProducerInitialisedDecoder m =
                    new ProducerInitialisedDecoder().wrapAndApplyHeader(buffer, offset, decoder);
                yield "ProducerInitialised " + m.correlationId() + " code=" + m.code() + " " + m.producerId() + "/" +
                    m.producerEpoch();
            }
            case PartitionDescribedDecoder.TEMPLATE_ID ->
            {
                final PartitionDescribedDecoder m =
                    new PartitionDescribedDecoder().wrapAndApplyHeader(buffer, offset, decoder);
                final StringBuilder text = new StringBuilder("PartitionDescribed " + m.correlationId() + " code=" +
                    m.code() + " epoch=" + m.leaderEpoch() + " start=" + m.logStart() + " hw=" + m.highWatermark());
                m.replicaStates().forEach((r) -> text.append(" [" + r.brokerId() + "/" + r.incarnation() + " end=" +
                    r.logEnd() + " synced=" + r.syncedEnd() + "]"));
                yield text.toString();
            }
            case ChecksumDecoder.TEMPLATE_ID ->
            {
                final ChecksumDecoder m = new ChecksumDecoder().wrapAndApplyHeader(buffer, offset, decoder);
                yield "Checksum code=" + m.code() + " " + m.fromOffset() + "-" + m.toOffset() + " " + m.checksum();
            }
            default -> "template " + decoder.templateId();
        });
        return true;
    }

    private static String describe(final MetadataDecoder m)
    {
        final StringBuilder text = new StringBuilder(
            "Metadata correlation=" + m.correlationId() + " version=" + m.version());
        final List<String> brokers = new ArrayList<>();
        m.brokers().forEach((b) -> brokers.add(
            b.brokerId() + "/" + b.incarnation() + " " + b.endpoint() + " " + b.rack() + " " + b.fenced()));
        final List<String> topics = new ArrayList<>();
        for (final MetadataDecoder.TopicsDecoder topic : m.topics())
        {
            final List<String> partitions = new ArrayList<>();
            for (final MetadataDecoder.TopicsDecoder.PartitionsDecoder p : topic.partitions())
            {
                final String head = p.partition() + ":" + p.leader() + "/" + p.leaderEpoch() + "/" + p.partitionEpoch();
                final List<String> replicas = new ArrayList<>();
                p.replicas().forEach((r) -> replicas.add(r.brokerId() + "=" + r.membership()));
                partitions.add(head + replicas);
            }
            final List<String> configs = new ArrayList<>();
            topic.configs().forEach((c) -> configs.add(c.key() + "=" + c.value()));
            final long topicId = topic.topicId();
            topics.add(topicId + " " + topic.name() + " {" + String.join(", ", configs) + "} " +
                String.join(" ", partitions));
        }
        return text.append(" brokers=").append(brokers).append(" topics=").append(topics).toString();
    }
}
