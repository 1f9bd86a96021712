package io.syncline.replica;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchFlyweight;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * G of PROTOCOL: what was ever committed, kept outside the replicas, and the invariants about one partition checked
 * against it.
 */
final class CommittedTruth
{
    /** A batch that was committed. */
    private record Committed(long baseOffset, long endOffset, byte[] bytes)
    {
    }

    private final ReplicaCluster cluster;
    private final List<Committed> committed = new ArrayList<>();
    private final Map<String, Long> sequences = new HashMap<>();
    private long checkedState = -1;

    CommittedTruth(final ReplicaCluster cluster)
    {
        this.cluster = cluster;
    }

    /** @return the true high watermark */
    long end()
    {
        return committed.isEmpty() ? 0 : committed.get(committed.size() - 1).endOffset();
    }

    /** @return sequence of the committed batch at an offset when it is that producer's, -1 otherwise */
    int sequenceAt(final long baseOffset, final long producerId)
    {
        for (int i = committed.size() - 1; i >= 0; i--)
        {
            if (committed.get(i).baseOffset() == baseOffset)
            {
                final BatchFlyweight batch = new BatchFlyweight().wrap(new UnsafeBuffer(committed.get(i).bytes()), 0);
                return batch.producerId() == producerId ? batch.baseSequence() : -1;
            }
        }
        return -1;
    }

    /** Whoever announces a high watermark, commits: what is below it never changes again (I5, I9, I13). */
    void onHighWatermark(final ReplicaNode node, final int leaderEpoch, final long highWatermark)
    {
        require(highWatermark <= node.log.logEnd(), "I9: HW above the replica's LEO", node);
        if (!node.acks.isLeading())
        {
            require(highWatermark <= end(), "R3.5: a follower's HW " + highWatermark + " is above the true one", node);
            agrees(node, highWatermark, "I12: shows readers other records than committed");
            return;
        }
        for (int i = 0; i < cluster.nodes.size(); i++)
        {
            final int member = cluster.controller.replicas[i];
            require((node.acks.maximalIsr() & 1L << i) == 0 ||
                highWatermark <= cluster.node(member).log.logEnd() || cluster.node(member).log.logStart() > 0,
                "I9: HW " + highWatermark + " above LEO of member " + member, node);
        }
        agrees(node, Math.min(end(), highWatermark), "I5: announces a HW over other records than committed");
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        while (end() < highWatermark)
        {
            final int length = node.log.read(end(), view);
            require(length > 0, "I4: a hole at " + end(), node);
            final BatchFlyweight batch = new BatchFlyweight().wrap(view, 0);
            require(batch.endOffset() <= highWatermark, "HW within a batch", node);
            final byte[] bytes = new byte[length];
            view.getBytes(0, bytes);
            committed.add(new Committed(batch.baseOffset(), batch.endOffset(), bytes));
            noteSequences(batch, node);
        }
    }

    /** I5: whoever begins to lead holds everything committed. */
    void onLeading(final ReplicaNode node)
    {
        agrees(node, end(), "I5: leads epoch " + node.knownEpoch() + " without what is committed");
    }

    /** I11. */
    void onTruncating(final ReplicaNode node, final long offset)
    {
        for (final Committed batch : committed)
        {
            if (batch.endOffset() > offset && batch.endOffset() <= node.log.logEnd() &&
                batch.baseOffset() >= node.log.logStart())
            {
                require(!Arrays.equals(read(node, batch.baseOffset()), batch.bytes()),
                    "I11: truncating to " + offset + " removes what is committed", node);
            }
        }
    }

    /** I10. */
    void onProduceAck(final ReplicaCluster.Ack ack)
    {
        if (ack.code() == Codes.OK && ack.clientId() == ReplicaCluster.CLIENT)
        {
            final long endOffset = ack.baseOffset() + ack.to() - ack.from() + 1;
            require(endOffset <= end(), "I10: acked above the HW " + ack, cluster.node(ack.broker()));
        }
    }

    /** What must hold between any two steps. */
    void check()
    {
        long state = end() * 31 + cluster.controller.partitionEpoch;
        for (final ReplicaNode node : cluster.nodes)
        {
            state = state * 31 + node.log.logEnd();
            state = state * 31 + node.log.logStart();
            state = state * 31 + node.log.lastEpoch();
            state = state * 31 + node.incarnation * 4 + (node.isUp ? 2 : 0) + (node.isPaused ? 1 : 0);
            state = state * 31 + node.knownEpoch();
        }
        if (state == checkedState)
        {
            return;
        }
        checkedState = state;
        for (final ReplicaNode node : cluster.nodes)
        {
            checkLog(node);
            if (ScriptedController.contains(cluster.controller.isr, node.id) ||
                ScriptedController.contains(cluster.controller.elr, node.id))
            {
                agrees(node, end(), "I5: member of ISR or ELR without what is committed");
            }
            if (node.isUp && !node.isPaused)
            {
                final ProducerSequences rebuilt = new ProducerSequences(cluster.config.maxProducers());
                rebuilt.rebuild(node.log, node.log.logStart());
                require(Arrays.deepEquals(snapshot(rebuilt), snapshot(node.sequences)),
                    "I13: producer state is not what the log says", node);
                require(!node.follower.isFollowing() || node.highWatermark <= node.log.logEnd() ||
                    node.log.logStart() > 0, "R3.5: follower HW above its LEO", node);
            }
        }
        for (int i = 0; i < cluster.nodes.size(); i++)
        {
            for (int j = 0; j < i; j++)
            {
                samePrefix(cluster.nodes.get(i), cluster.nodes.get(j));
            }
        }
    }

    /** I4. */
    private void checkLog(final ReplicaNode node)
    {
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        int epoch = -1;
        for (long offset = node.log.logStart(); offset < node.log.logEnd(); )
        {
            require(node.log.read(offset, view) > 0, "I4: hole at " + offset, node);
            final BatchFlyweight batch = new BatchFlyweight().wrap(view, 0);
            require(batch.baseOffset() == offset, "I4: offset " + batch.baseOffset() + " at " + offset, node);
            require(batch.leaderEpoch() >= epoch, "I4: epoch goes down at " + offset, node);
            require(node.log.epochs().epochAt(offset) == batch.leaderEpoch(), "I4: epoch history at " + offset, node);
            epoch = batch.leaderEpoch();
            offset = batch.endOffset();
        }
    }

    /** I3: where both have the same epoch at an offset, everything below is the same. */
    private void samePrefix(final ReplicaNode one, final ReplicaNode other)
    {
        final long start = Math.max(one.log.logStart(), other.log.logStart());
        final long end = Math.min(one.log.logEnd(), other.log.logEnd());
        boolean parted = false;
        for (long offset = start; offset < end; offset++)
        {
            final boolean sameEpoch = one.log.epochs().epochAt(offset) == other.log.epochs().epochAt(offset);
            require(!(parted && sameEpoch), "I3: parted and met again at " + offset + " with broker " + other.id, one);
            if (!sameEpoch)
            {
                parted = true;
            }
            else
            {
                require(Arrays.equals(read(one, offset), read(other, offset)),
                    "I3: other bytes at " + offset + " than broker " + other.id, one);
            }
        }
    }

    private void agrees(final ReplicaNode node, final long upTo, final String what)
    {
        for (int i = committed.size() - 1; i >= 0; i--)
        {
            final Committed batch = committed.get(i);
            if (batch.endOffset() <= upTo && batch.baseOffset() >= node.log.logStart())
            {
                require(batch.endOffset() <= node.log.logEnd() &&
                    Arrays.equals(read(node, batch.baseOffset()), batch.bytes()), what + " at " + batch.baseOffset(), node);
            }
        }
    }

    private void noteSequences(final BatchFlyweight batch, final ReplicaNode node)
    {
        if (batch.producerId() < 0)
        {
            return;
        }
        final String producer = batch.producerId() + "/" + batch.producerEpoch();
        final Long next = sequences.get(producer);
        require(next == null || next == batch.baseSequence(), "I13: sequence " + batch.baseSequence() + " of " + producer +
            " committed where " + next + " was due", node);
        sequences.put(producer, (long)ProducerSequences.sequenceAfter(batch.baseSequence(), batch.count()));
    }

    private static byte[] read(final ReplicaNode node, final long offset)
    {
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        final int length = node.log.read(offset, view);
        final byte[] bytes = new byte[Math.max(0, length)];
        if (length > 0)
        {
            view.getBytes(0, bytes);
        }
        return bytes;
    }

    private static byte[][] snapshot(final ProducerSequences sequences)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[sequences.encodedLength()]);
        sequences.encode(buffer, 0);
        final byte[][] entries = new byte[sequences.size()][];
        final int entryLength = entries.length == 0 ? 0 : (buffer.capacity() - 12) / entries.length;
        for (int i = 0; i < entries.length; i++)
        {
            entries[i] = new byte[entryLength];
            buffer.getBytes(12 + i * entryLength, entries[i]);
        }
        Arrays.sort(entries, Arrays::compare);
        return entries;
    }

    private void require(final boolean holds, final String what, final ReplicaNode node)
    {
        if (!holds)
        {
            throw new AssertionError(what + "\nat " + node + "\ntrue HW " + end() + "\n" + cluster);
        }
    }
}
