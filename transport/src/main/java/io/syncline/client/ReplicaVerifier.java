package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.client.ChecksumPartitionEncoder;
import io.syncline.protocol.client.DescribePartitionEncoder;
import io.syncline.protocol.client.MessageHeaderEncoder;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * Asks replicas what they hold: the leader for the ends of all, each one for checksums, and bisects where they differ.
 * <p>
 * A checksum covers as much as a broker sums up for one request. The leader says where it stopped, the others are asked
 * for the same range, all at once, and the leader is asked for the next one meanwhile: a long log keeps every replica
 * busy, is heard of a few times a second, and no request waits for more than a piece of it.
 */
final class ReplicaVerifier
{
    private static final long CATCH_UP_LIMIT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long DESCRIBE_LIMIT_NS = TimeUnit.SECONDS.toNanos(2);

    private final ClientSession session;
    private final ClientContext<?> ctx;
    private final long timeoutNs;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final DescribePartitionEncoder describePartition = new DescribePartitionEncoder();
    private final ChecksumPartitionEncoder checksumPartition = new ChecksumPartitionEncoder();
    private final ByteBuffer joined = ByteBuffer.allocate(2 * Long.BYTES);
    private final CRC32C crc = new CRC32C();

    ReplicaVerifier(final ClientSession session, final ClientContext<?> ctx, final long timeoutNs)
    {
        this.session = session;
        this.ctx = ctx;
        this.timeoutNs = timeoutNs;
    }

    /** @return the partition; with -1 for what no leader could tell */
    PartitionDescription describe(final long topicId, final String topic, final int partition)
    {
        final long startNs = ctx.nanoClock().nanoTime();
        while (true)
        {
            final PartitionInfo info = session.view().partition(topicId, partition);
            if (info == null)
            {
                throw new ClientException(Codes.UNKNOWN_PARTITION, topic + "-" + partition + " was deleted meanwhile");
            }
            if (info.leader() >= 0 && session.connectedLink(info.leader()) != null)
            {
                final ClientRequest answer = session.requests().call("describe " + topic + "-" + partition,
                    info.leader(), DESCRIBE_LIMIT_NS, (buffer, clientId, correlationId) ->
                    {
                        describePartition.wrapAndApplyHeader(buffer, 0, header)
                            .clientId(clientId)
                            .correlationId(correlationId)
                            .topicId(topicId)
                            .partition(partition);
                        return MessageHeaderEncoder.ENCODED_LENGTH + describePartition.encodedLength();
                    });
                if (answer.code == Codes.OK)
                {
                    return new PartitionDescription(info, answer.fromOffset, answer.toOffset, answer.replicaStates);
                }
            }
            if (info.leader() < 0 || ctx.nanoClock().nanoTime() - startNs > DESCRIBE_LIMIT_NS)
            {
                return new PartitionDescription(info, -1, -1, List.of());
            }
            session.wantMetadata();
            ctx.idleStrategy().idle(session.doWork());
        }
    }

    ReplicaComparison compare(
        final long topicId, final String topic, final int partition, final ComparisonListener listener)
    {
        final long startNs = ctx.nanoClock().nanoTime();
        PartitionDescription description = describe(topicId, topic, partition);
        while (description.highWatermark() < 0 && ctx.nanoClock().nanoTime() - startNs < CATCH_UP_LIMIT_NS)
        {
            // A new leader does not know its high watermark yet (R3.5).
            ctx.idleStrategy().idle(session.doWork());
            description = describe(topicId, topic, partition);
        }
        final PartitionInfo info = description.info();
        if (description.highWatermark() < 0)
        {
            throw new ClientException(Codes.LEADER_NOT_AVAILABLE, topic + "-" + partition + " has no leader that knows " +
                "its high watermark; leader in the metadata is broker " + info.leader());
        }
        final Range range = new Range(topicId, topic, partition, info.leader());
        final long from = Math.max(0, description.logStart());
        final long to = description.highWatermark();
        final List<ReplicaComparison.Difference> differences = new ArrayList<>();
        final List<Integer> followers = new ArrayList<>();
        for (final int brokerId : info.replicas())
        {
            if (brokerId != info.leader() && !range.awaitLink(brokerId))
            {
                differences.add(new ReplicaComparison.Difference(brokerId, -1, Codes.NOT_CONNECTED));
            }
            else if (brokerId != info.leader())
            {
                followers.add(brokerId);
            }
        }
        long checksum = 0;
        long compared = from;
        listener.onCompared(topic, partition, from, from, to);
        ClientRequest next = range.ask(info.leader(), from, to);
        do
        {
            final ClientRequest expected = session.requests().await(next).requireOk();
            final List<ClientRequest> actual = new ArrayList<>();
            for (final int brokerId : followers)
            {
                actual.add(range.ask(brokerId, compared, expected.toOffset));
            }
            final boolean isLast = expected.toOffset >= to || expected.toOffset <= compared;
            next = isLast ? expected : range.ask(info.leader(), expected.toOffset, to);
            for (int i = followers.size() - 1; i >= 0; i--)
            {
                final ReplicaComparison.Difference difference =
                    range.compare(followers.get(i), compared, expected, session.requests().await(actual.get(i)));
                if (difference != null)
                {
                    differences.add(difference);
                    followers.remove(i);
                }
            }
            checksum = compared == from ? expected.value : join(checksum, expected.value);
            compared = Math.max(compared, expected.toOffset);
            listener.onCompared(topic, partition, from, compared, to);
            if (isLast)
            {
                return new ReplicaComparison(
                    topic, partition, info.leader(), from, expected.toOffset, checksum, List.copyOf(differences));
            }
        }
        while (true);
    }

    private long join(final long checksum, final long nextChecksum)
    {
        joined.clear();
        joined.putLong(checksum).putLong(nextChecksum);
        crc.reset();
        crc.update(joined.array());
        return crc.getValue();
    }

    private final class Range
    {
        private final long topicId;
        private final String topic;
        private final int partition;
        private final int leader;

        private Range(final long topicId, final String topic, final int partition, final int leader)
        {
            this.topicId = topicId;
            this.topic = topic;
            this.partition = partition;
            this.leader = leader;
        }

        private ClientRequest ask(final int brokerId, final long from, final long to)
        {
            return session.requests().begin(
                "checksum of " + topic + "-" + partition + " [" + from + ", " + to + ") at broker " + brokerId,
                brokerId, timeoutNs, (buffer, clientId, correlationId) ->
                {
                    checksumPartition.wrapAndApplyHeader(buffer, 0, header)
                        .clientId(clientId)
                        .correlationId(correlationId)
                        .topicId(topicId)
                        .partition(partition)
                        .fromOffset(from)
                        .toOffset(to);
                    return MessageHeaderEncoder.ENCODED_LENGTH + checksumPartition.encodedLength();
                });
        }

        private ClientRequest checksum(final int brokerId, final long from, final long to)
        {
            return session.requests().await(ask(brokerId, from, to));
        }

        /** @return the first difference, null when there is none */
        private ReplicaComparison.Difference compare(
            final int brokerId, final long from, final ClientRequest expected, final ClientRequest first)
        {
            final long startNs = ctx.nanoClock().nanoTime();
            ClientRequest actual = first;
            while (actual.code == Codes.OK && actual.toOffset < expected.toOffset &&
                ctx.nanoClock().nanoTime() - startNs < CATCH_UP_LIMIT_NS)
            {
                // The high watermark is on its way to this follower.
                ctx.idleStrategy().idle(session.doWork());
                actual = checksum(brokerId, from, expected.toOffset);
            }
            if (actual.code != Codes.OK)
            {
                return new ReplicaComparison.Difference(brokerId, -1, actual.code);
            }
            if (actual.toOffset == expected.toOffset && actual.value == expected.value)
            {
                return null;
            }
            return new ReplicaComparison.Difference(brokerId, bisect(brokerId, from, expected.toOffset), Codes.OK);
        }

        /** Before {@code same} both replicas hold the same batches, before {@code different} they do not. */
        private long bisect(final int brokerId, final long from, final long to)
        {
            long batchStart = from;
            long same = from;
            long different = to;
            while (different - same > 1)
            {
                final long middle = same + (different - same) / 2;
                final ClientRequest ours = checksum(leader, batchStart, middle).requireOk();
                final ClientRequest theirs = checksum(brokerId, batchStart, middle).requireOk();
                if (ours.toOffset == theirs.toOffset && ours.value == theirs.value)
                {
                    same = middle;
                    batchStart = Math.max(batchStart, ours.toOffset);
                }
                else
                {
                    different = middle;
                }
            }
            return batchStart;
        }

        private boolean awaitLink(final int brokerId)
        {
            final long startNs = ctx.nanoClock().nanoTime();
            while (session.connectedLink(brokerId) == null && ctx.nanoClock().nanoTime() - startNs < DESCRIBE_LIMIT_NS)
            {
                ctx.idleStrategy().idle(session.doWork());
            }
            return session.connectedLink(brokerId) != null;
        }
    }
}
