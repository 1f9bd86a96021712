package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.*;
import io.syncline.record.BatchFlyweight;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import io.syncline.stream.StreamIds;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One broker of a {@link ScriptedCluster}: does what it should, unless the script says otherwise. */
final class ScriptedBroker
{
    /** A Produce frame as it came in. */
    record Received(int partition, long fromSequence, int baseSequence, int producerEpoch, int count, int leaderEpoch)
    {
    }

    /** A Fetch frame as it came in. */
    record FetchReceived(long fetchId, long offset, long creditLimit, int leaderEpoch, int lastEpoch, int fromFollower)
    {
    }

    private record Session(long correlationId, Outbound response, Outbound produceAck, Outbound deliver)
    {
        void close()
        {
            CloseHelper.closeAll(response, produceAck, deliver);
        }
    }

    private static final class Fetcher
    {
        private long fetchId;
        private long offset;
        private long creditLimit;
        private long delivered;
        private long toldHighWatermark = -1;
    }

    final ScriptedCluster cluster;
    final int id;
    final Endpoint endpoint;
    final List<Received> produces = new ArrayList<>();
    final List<FetchReceived> fetches = new ArrayList<>();
    final ArrayDeque<Integer> refusals = new ArrayDeque<>();
    long incarnation = 1;
    int refuseAllWith;
    int dropProduces;
    int dropAcks;
    boolean duplicatesAcks;
    boolean holdsAcks;
    boolean ignoresClients;
    int dropDelivers;
    int deliverEpochOffset;
    int fetchCode;
    long fetchedStart = -1;
    int fetchedEpoch = -1;
    final List<String> checksums = new ArrayList<>();
    long summedEnd = 100;
    long summedAtOnce = 1000;
    long differsAt = -1;

    private final ArrayDeque<Runnable> heldAcks = new ArrayDeque<>();
    private final Map<Long, Session> sessions = new HashMap<>();
    private final Map<String, Fetcher> fetchers = new HashMap<>();
    private final ExpandableArrayBuffer frame = new ExpandableArrayBuffer();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private Inbound requestStream;
    private Inbound produceStream;
    private Inbound fetchStream;

    ScriptedBroker(final ScriptedCluster cluster, final int id)
    {
        this.cluster = cluster;
        this.id = id;
        endpoint = cluster.endpointOf(id);
        start();
    }

    void start()
    {
        requestStream = cluster.streams.listen(endpoint, StreamIds.REQUEST);
        produceStream = cluster.streams.listen(endpoint, StreamIds.PRODUCE);
        fetchStream = cluster.streams.listen(endpoint, StreamIds.FETCH);
    }

    void kill()
    {
        CloseHelper.closeAll(requestStream, produceStream, fetchStream);
        sessions.values().forEach(Session::close);
        sessions.clear();
        fetchers.clear();
        heldAcks.clear();
        requestStream = null;
    }

    void doWork()
    {
        if (requestStream != null)
        {
            requestStream.poll(this::onRequest, 100);
            produceStream.poll(this::onProduce, 100);
            fetchStream.poll(this::onFetch, 100);
            fetchers.forEach(this::deliver);
        }
    }

    void pushMetadata()
    {
        sessions.forEach((clientId, session) -> sendMetadata(session, clientId, -1, cluster.version));
    }

    void pushMetadata(final long version)
    {
        sessions.forEach((clientId, session) -> sendMetadata(session, clientId, -1, version));
    }

    void releaseAcks()
    {
        holdsAcks = false;
        while (!heldAcks.isEmpty())
        {
            heldAcks.poll().run();
        }
    }

    private void sendMetadata(final Session session, final long clientId, final long correlationId, final long version)
    {
        session.response.offer(frame, 0, cluster.encodeMetadata(frame, clientId, correlationId, version));
    }

    private boolean onRequest(final DirectBuffer buffer, final int offset, final int length)
    {
        header.wrap(buffer, offset);
        switch (header.templateId())
        {
            case ConnectClientDecoder.TEMPLATE_ID ->
            {
                final ConnectClientDecoder connect = new ConnectClientDecoder().wrapAndApplyHeader(buffer, offset, header);
                final Session before = ignoresClients ? null : sessions.get(connect.clientId());
                final Endpoint to = Endpoint.parse(connect.responseEndpoint());
                final boolean isRepeated = before != null && before.correlationId == connect.correlationId();
                final Session session = isRepeated ? before : new Session(connect.correlationId(), cluster.streams.connect(to, StreamIds.RESPONSE),
                    cluster.streams.connect(to, StreamIds.PRODUCE_ACK), cluster.streams.connect(to, StreamIds.DELIVER));
                if (!ignoresClients)
                {
                    sessions.put(connect.clientId(), session);
                }
                if (before != null && !isRepeated)
                {
                    before.close();
                }
                final ClientConnectedEncoder connected = new ClientConnectedEncoder()
                    .wrapAndApplyHeader(frame, 0, headerEncoder)
                    .clientId(connect.clientId())
                    .correlationId(connect.correlationId())
                    .brokerId(id).incarnation(incarnation).code(0);
                if (!ignoresClients)
                {
                    session.response.offer(frame, 0, 8 + connected.encodedLength());
                }
            }
            case MetadataRequestDecoder.TEMPLATE_ID ->
            {
                final MetadataRequestDecoder request =
                    new MetadataRequestDecoder().wrapAndApplyHeader(buffer, offset, header);
                final Session session = sessions.get(request.clientId());
                if (session != null && !ignoresClients)
                {
                    sendMetadata(session, request.clientId(), request.correlationId(), cluster.version);
                }
            }
            case InitProducerDecoder.TEMPLATE_ID ->
            {
                final InitProducerDecoder request = new InitProducerDecoder().wrapAndApplyHeader(buffer, offset, header);
                final ProducerInitialisedEncoder answer = new ProducerInitialisedEncoder()
                    .wrapAndApplyHeader(frame, 0, headerEncoder)
                    .clientId(request.clientId())
                    .correlationId(request.correlationId())
                    .code(0).producerId(4711).producerEpoch(++cluster.producerEpoch);
                sessions.get(request.clientId()).response.offer(frame, 0, 8 + answer.encodedLength());
            }
            case CreateTopicDecoder.TEMPLATE_ID ->
            {
                final CreateTopicDecoder request = new CreateTopicDecoder().wrapAndApplyHeader(buffer, offset, header);
                final int factor = request.replicationFactor();
                cluster.hasTopic |= factor <= cluster.brokers.size();
                cluster.version++;
                reply(request.clientId(), request.correlationId(),
                    factor <= cluster.brokers.size() ? 0 : Codes.NOT_ENOUGH_BROKERS, ScriptedCluster.TOPIC_ID,
                    factor + " replicas, " + cluster.brokers.size() + " brokers");
            }
            case CommitOffsetDecoder.TEMPLATE_ID ->
            {
                final CommitOffsetDecoder request = new CommitOffsetDecoder().wrapAndApplyHeader(buffer, offset, header);
                cluster.committed.put(request.group() + request.partition(), request.committedOffset());
                reply(request.clientId(), request.correlationId(), 0, 0, "");
            }
            case CommittedOffsetDecoder.TEMPLATE_ID ->
            {
                final CommittedOffsetDecoder request =
                    new CommittedOffsetDecoder().wrapAndApplyHeader(buffer, offset, header);
                reply(request.clientId(), request.correlationId(), 0,
                    cluster.committed.getOrDefault(request.group() + request.partition(), -1L), "");
            }
            case DescribePartitionDecoder.TEMPLATE_ID ->
            {
                final DescribePartitionDecoder request =
                    new DescribePartitionDecoder().wrapAndApplyHeader(buffer, offset, header);
                final PartitionDescribedEncoder answer = new PartitionDescribedEncoder()
                    .wrapAndApplyHeader(frame, 0, headerEncoder)
                    .clientId(request.clientId()).correlationId(request.correlationId())
                    .topicId(request.topicId()).partition(request.partition())
                    .code(0).leaderEpoch(cluster.leaderEpoch(request.partition())).logStart(0).highWatermark(summedEnd);
                answer.replicaStatesCount(0);
                sessions.get(request.clientId()).response.offer(frame, 0, 8 + answer.encodedLength());
            }
            case ChecksumPartitionDecoder.TEMPLATE_ID -> onChecksum(
                new ChecksumPartitionDecoder().wrapAndApplyHeader(buffer, offset, header));
            default ->
            {
            }
        }
        return true;
    }

    /** A log of records of one byte each, {@link #summedAtOnce} of which a request sums up. */
    private void onChecksum(final ChecksumPartitionDecoder request)
    {
        final long end = Math.min(Math.min(request.toOffset(), summedEnd), request.fromOffset() + summedAtOnce);
        long sum = 1;
        for (long i = request.fromOffset(); i < end; i++)
        {
            sum = 31 * sum + (i == differsAt ? -1 : i);
        }
        checksums.add(request.fromOffset() + "-" + end);
        final ChecksumEncoder answer = new ChecksumEncoder().wrapAndApplyHeader(frame, 0, headerEncoder)
            .clientId(request.clientId()).correlationId(request.correlationId())
            .topicId(request.topicId()).partition(request.partition())
            .code(0).fromOffset(request.fromOffset()).toOffset(end).checksum(sum);
        sessions.get(request.clientId()).response.offer(frame, 0, 8 + answer.encodedLength());
    }

    private void reply(
        final long clientId, final long correlationId, final int code, final long value, final String message)
    {
        final ReplyEncoder reply = new ReplyEncoder().wrapAndApplyHeader(frame, 0, headerEncoder)
            .clientId(clientId).correlationId(correlationId).code(code).value(value).message(message);
        sessions.get(clientId).response.offer(frame, 0, 8 + reply.encodedLength());
    }

    private boolean onProduce(final DirectBuffer buffer, final int offset, final int length)
    {
        final ProduceDecoder produce = new ProduceDecoder().wrapAndApplyHeader(buffer, offset, header);
        final int head = 8 + ProduceDecoder.BLOCK_LENGTH;
        final byte[] bytes = new byte[length - head];
        buffer.getBytes(offset + head, bytes);
        final BatchFlyweight batch = new BatchFlyweight().wrap(new UnsafeBuffer(bytes), 0);
        if (dropProduces > 0)
        {
            dropProduces--;
            return true;
        }
        final int partition = produce.partition();
        produces.add(new Received(partition, produce.fromSequence(), batch.baseSequence(), batch.producerEpoch(),
            batch.count(), produce.leaderEpoch()));
        final long key = PartitionKey.of(produce.topicId(), partition);
        long result;
        if (refuseAllWith != 0)
        {
            result = refuseAllWith;
        }
        else if (!refusals.isEmpty())
        {
            result = refusals.poll();
        }
        else if (cluster.leader(partition) != id)
        {
            result = Codes.NOT_LEADER;
        }
        else
        {
            result = cluster.logs.get(key).append(bytes, key, cluster.leaderEpoch(partition));
        }
        if (produce.acks() == 0)
        {
            return true;
        }
        final long clientId = produce.clientId();
        final long from = produce.fromSequence();
        final long to = from + batch.count() - 1;
        final long answer = result;
        final Runnable ack = () -> sendAck(clientId, partition, from, to, answer);
        if (holdsAcks)
        {
            heldAcks.add(ack);
        }
        else
        {
            ack.run();
        }
        return true;
    }

    private void sendAck(final long clientId, final int partition, final long from, final long to, final long result)
    {
        if (dropAcks > 0)
        {
            dropAcks--;
            return;
        }
        final ProduceAckEncoder ack = new ProduceAckEncoder().wrapAndApplyHeader(frame, 0, headerEncoder)
            .clientId(clientId).topicId(ScriptedCluster.TOPIC_ID).fromSequence(from).toSequence(to)
            .baseOffset(Math.max(-1, result)).partition(partition).leaderEpoch(cluster.leaderEpoch(partition))
            .code((int)Math.min(0, result)).leader(-1);
        final Session session = sessions.get(clientId);
        for (int i = 0; session != null && i < (duplicatesAcks ? 2 : 1); i++)
        {
            session.produceAck.offer(frame, 0, 8 + ack.encodedLength());
        }
    }

    private boolean onFetch(final DirectBuffer buffer, final int offset, final int length)
    {
        final FetchDecoder fetch = new FetchDecoder().wrapAndApplyHeader(buffer, offset, header);
        fetches.add(new FetchReceived(fetch.fetchId(), fetch.fetchOffset(), fetch.creditLimit(), fetch.leaderEpoch(),
            fetch.lastEpoch(), fetch.fromFollower()));
        final String name = fetch.clientId() + "/" + fetch.partition();
        final Fetcher current = fetchers.get(name);
        if (fetch.fetchOffset() == -1)
        {
            fetchers.remove(name);
            return true;
        }
        if (current != null && current.fetchId == fetch.fetchId())
        {
            current.creditLimit = fetch.creditLimit();
            return true;
        }
        final ScriptedCluster.ScriptedLog log = cluster.log(fetch.partition());
        final Fetcher opened = new Fetcher();
        opened.fetchId = fetch.fetchId();
        opened.creditLimit = fetch.creditLimit();
        opened.offset = fetch.fetchOffset() == -2 ? 0 : fetch.fetchOffset() == -3 ? log.end : fetch.fetchOffset();
        int code = fetchCode;
        if (code == 0 && cluster.leader(fetch.partition()) != id && fetch.fromFollower() == 0)
        {
            code = Codes.NOT_LEADER;
        }
        if (code == 0 && opened.offset > log.end)
        {
            code = Codes.OFFSET_OUT_OF_RANGE;
        }
        final FetchedEncoder fetched = new FetchedEncoder().wrapAndApplyHeader(frame, 0, headerEncoder)
            .clientId(fetch.clientId()).topicId(fetch.topicId()).fetchId(fetch.fetchId())
            .startOffset(code == Codes.DIVERGED ? fetchedStart : opened.offset).logStart(0).highWatermark(log.end)
            .partition(fetch.partition())
            .leaderEpoch(code == Codes.DIVERGED ? fetchedEpoch : cluster.leaderEpoch(fetch.partition()))
            .code(code).leader(-1);
        final Session session = sessions.get(fetch.clientId());
        if (session != null)
        {
            session.deliver.offer(frame, 0, 8 + fetched.encodedLength());
            if (code == 0)
            {
                fetchers.put(name, opened);
            }
        }
        return true;
    }

    private void deliver(final String name, final Fetcher fetcher)
    {
        final long clientId = Long.parseLong(name.substring(0, name.indexOf('/')));
        final int partition = Integer.parseInt(name.substring(name.indexOf('/') + 1));
        final ScriptedCluster.ScriptedLog log = cluster.log(partition);
        for (int i = 0; i < log.batches.size(); i++)
        {
            final UnsafeBuffer bytes = new UnsafeBuffer(log.batches.get(i));
            final BatchFlyweight batch = new BatchFlyweight().wrap(bytes, 0);
            if (batch.endOffset() <= fetcher.offset)
            {
                continue;
            }
            if (fetcher.delivered + bytes.capacity() > fetcher.creditLimit)
            {
                return;
            }
            fetcher.delivered += bytes.capacity();
            fetcher.offset = batch.endOffset();
            if (dropDelivers > 0)
            {
                dropDelivers--;
                continue;
            }
            sendDeliver(clientId, partition, fetcher, bytes);
        }
        if (fetcher.toldHighWatermark < log.end)
        {
            sendDeliver(clientId, partition, fetcher, new UnsafeBuffer(new byte[0]));
        }
    }

    private void sendDeliver(final long clientId, final int partition, final Fetcher fetcher, final UnsafeBuffer bytes)
    {
        fetcher.toldHighWatermark = cluster.log(partition).end;
        new DeliverEncoder().wrapAndApplyHeader(frame, 0, headerEncoder)
            .clientId(clientId).topicId(ScriptedCluster.TOPIC_ID).fetchId(fetcher.fetchId)
            .highWatermark(fetcher.toldHighWatermark).partition(partition)
            .leaderEpoch(cluster.leaderEpoch(partition) + deliverEpochOffset);
        final Session session = sessions.get(clientId);
        if (session != null)
        {
            session.deliver.offer(frame, 0, 8 + DeliverEncoder.BLOCK_LENGTH, bytes, 0, bytes.capacity());
        }
    }
}
