package io.syncline.broker;

import io.syncline.replica.FollowerOutput;
import io.syncline.stage.StageFile;
import org.agrona.concurrent.NanoClock;

/**
 * One followed partition's way out, which adds to an AppendAck how long the sampled batches it covers were here. Where
 * the topic is fsynced a batch waits for the ack that says it is synced. Belongs to the follower agent; bounded,
 * allocates nothing once made.
 */
final class FollowStages implements FollowerOutput
{
    private final FollowerPublisher out;
    private final NanoClock clock;
    private final StageFile file;
    private final int section;
    private final AckSamples covered = new AckSamples();
    private final long[] endOffsets = new long[AckSamples.CAPACITY];
    private final long[] sentNs = new long[AckSamples.CAPACITY];
    private final long[] arrivedNs = new long[AckSamples.CAPACITY];
    private final long[] appendedNs = new long[AckSamples.CAPACITY];
    private int size;
    private boolean fsynced;

    FollowStages(final FollowerPublisher out, final NanoClock clock, final StageFile file, final int section)
    {
        this.out = out;
        this.clock = clock;
        this.file = file;
        this.section = section;
    }

    void fsynced(final boolean isFsynced)
    {
        fsynced = isFsynced;
    }

    /**
     * A sampled batch was appended.
     *
     * @param endOffset behind it
     * @param sent      when its leader sent it, on the leader's clock
     * @param arrived   here
     */
    void onAppended(final long endOffset, final long sent, final long arrived)
    {
        if (size == AckSamples.CAPACITY)
        {
            file.droppedByFollower();
            return;
        }
        endOffsets[size] = endOffset;
        sentNs[size] = sent;
        arrivedNs[size] = arrived;
        appendedNs[size++] = clock.nanoTime();
    }

    @Override
    public long appendAck(
        final int leader, final long key, final int leaderEpoch, final long incarnation, final long sessionId,
        final long logEnd, final long synced, final boolean isRead)
    {
        if (size == 0)
        {
            return out.appendAck(leader, key, leaderEpoch, incarnation, sessionId, logEnd, synced, isRead);
        }
        cover(fsynced ? Math.min(synced, logEnd) : logEnd);
        final long result = out.appendAck(
            leader, key, leaderEpoch, incarnation, sessionId, logEnd, synced, isRead, covered);
        if (result >= 0)
        {
            onSent();
        }
        return result;
    }

    /** What was appended in an earlier session is of no use to this one's leader. */
    @Override
    public long follow(
        final int leader, final long key, final int leaderEpoch, final int partitionEpoch, final long incarnation,
        final long sessionId, final long logEnd, final int lastEpoch)
    {
        while (size > 0)
        {
            size--;
            file.droppedByFollower();
        }
        return out.follow(leader, key, leaderEpoch, partitionEpoch, incarnation, sessionId, logEnd, lastEpoch);
    }

    @Override
    public void highWatermark(final long key, final int leaderEpoch, final long highWatermark)
    {
        out.highWatermark(key, leaderEpoch, highWatermark);
    }

    @Override
    public void truncate(final long key, final int leaderEpoch, final long offset)
    {
        out.truncate(key, leaderEpoch, offset);
    }

    @Override
    public void restart(final long key, final int leaderEpoch, final long logStart)
    {
        out.restart(key, leaderEpoch, logStart);
    }

    @Override
    public void fault(final long key, final int leaderEpoch, final String reason)
    {
        out.fault(key, leaderEpoch, reason);
    }

    private void cover(final long end)
    {
        covered.clear();
        final long nowNs = clock.nanoTime();
        for (int i = 0; i < size && endOffsets[i] <= end; i++)
        {
            covered.add(endOffsets[i], sentNs[i], appendedNs[i] - arrivedNs[i], nowNs - appendedNs[i]);
        }
    }

    private void onSent()
    {
        final int done = covered.size();
        for (int i = 0; i < done; i++)
        {
            file.followed(section, covered.appendNs(i), covered.ackNs(i));
        }
        for (int i = done; i < size; i++)
        {
            endOffsets[i - done] = endOffsets[i];
            sentNs[i - done] = sentNs[i];
            arrivedNs[i - done] = arrivedNs[i];
            appendedNs[i - done] = appendedNs[i];
        }
        size -= done;
    }
}
