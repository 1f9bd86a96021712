package io.syncline.client;

import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.ProduceAckDecoder;
import io.syncline.stage.Stage;
import io.syncline.stage.StageFile;
import io.syncline.stage.StageLayout;
import io.syncline.stage.StageListener;
import io.syncline.stage.StageSample;
import org.agrona.concurrent.NanoClock;

import java.io.File;
import java.util.concurrent.TimeUnit;

/**
 * Chooses the records whose stages are measured, marks their batches, and completes the breakdown when the answer has
 * brought what the brokers measured. Belongs to the producer's thread; allocates nothing once made.
 * <p>
 * One record in {@link ProducerContext#stageSampling()} is chosen, at most one of a batch, and not more in a second
 * than there are at {@link #FULL_RATE} records: what measuring costs does not grow with the rate from there on. What is
 * sent twice is not measured, since nobody can tell which of the two the answer answers.
 */
final class ProducerStages implements AutoCloseable
{
    /** Records a second up to which one in so many is sampled. */
    static final long FULL_RATE = 320_000;

    private final NanoClock clock;
    private final StageListener listener;
    private final StageFile file;
    private final StageSample sample = new StageSample();
    private final int sampling;
    private final int acks;
    private final long intervalNs;
    private int countdown;
    private long nextNs;

    /** @param ctx concluded */
    ProducerStages(final ProducerContext<?> ctx)
    {
        clock = ctx.nanoClock();
        listener = ctx.stageListener();
        sampling = ctx.acks() == Acks.NONE ? 0 : ctx.stageSampling();
        acks = ctx.acks().level();
        intervalNs = sampling * TimeUnit.SECONDS.toNanos(1) / FULL_RATE;
        countdown = sampling;
        nextNs = clock.nanoTime();
        file = ctx.stageDirectory() == null || sampling == 0 ? null : create(ctx);
    }

    /**
     * @param nowNs of the producer's clock
     * @return true when the record that was just added to a batch is to be measured
     */
    boolean isDue(final long nowNs)
    {
        if (sampling == 0 || --countdown > 0)
        {
            return false;
        }
        countdown = sampling;
        if (nowNs - nextNs < 0)
        {
            return false;
        }
        nextNs = nowNs + intervalNs;
        return true;
    }

    /** @return true when somebody wants to know; the brokers measure all the same */
    boolean isHeard()
    {
        return listener != null || file != null;
    }

    /** @return time of the producer's clock, for a batch that is measured */
    long nowNs()
    {
        return clock.nanoTime();
    }

    /** The answer to a batch, with what the brokers measured. */
    static void onAnswer(final ProducerBatch batch, final ProduceAckDecoder.StagesDecoder stages)
    {
        final long[] ns = batch.stageNs;
        ns[Stage.LEADER_APPEND.ordinal()] = stages.leaderAppend();
        ns[Stage.LEADER_SEND.ordinal()] = stages.leaderSend();
        ns[Stage.NET_REPLICA.ordinal()] = stages.netReplica();
        ns[Stage.FOLLOWER_APPEND.ordinal()] = stages.followerAppend();
        ns[Stage.FOLLOWER_ACK.ordinal()] = stages.followerAck();
        ns[Stage.LEADER_COMMIT.ordinal()] = stages.leaderCommit();
        ns[Stage.LEADER_ACK.ordinal()] = stages.leaderAck();
        batch.stageFollower = stages.follower();
        batch.isAnswered = true;
    }

    /** The application is about to be told. */
    void onOutcome(final ProducerPartition partition, final ProducerBatch batch)
    {
        if (!isHeard())
        {
            return;
        }
        if (batch.outcome != ProducerBatch.Outcome.ACKED || batch.sends != 1 || !batch.isAnswered)
        {
            if (file != null)
            {
                file.droppedByLeader();
            }
            return;
        }
        final long nowNs = clock.nanoTime();
        final long key = PartitionKey.of(partition.topicId, partition.partition);
        sample.reset(key, batch.upToOffset, acks);
        sample.follower(batch.stageFollower);
        long knownNs = 0;
        for (int i = Stage.LEADER_APPEND.ordinal(); i < Stage.COUNT; i++)
        {
            sample.stageNs(Stage.at(i), batch.stageNs[i]);
            knownNs += batch.stageNs[i];
        }
        sample.stageNs(Stage.WAIT_PRODUCER, batch.sampleSentNs - batch.sampleDueNs);
        sample.stageNs(Stage.NET_PRODUCER, nowNs - batch.sampleSentNs - knownNs);
        sample.complete(nowNs - batch.sampleDueNs, nowNs);
        if (file != null)
        {
            file.record(partition.stageSection, sample, Stage.WAIT_PRODUCER);
        }
        if (listener != null)
        {
            listener.onSample(sample);
        }
    }

    /** @return section of the producer's file for a topic, 0 without a file */
    int section(final long topicId, final String name)
    {
        if (file == null)
        {
            return 0;
        }
        file.name(topicId, name);
        return file.section(topicId);
    }

    @Override
    public void close()
    {
        if (file != null)
        {
            file.close();
        }
    }

    private static StageFile create(final ProducerContext<?> ctx)
    {
        final long wallNs = ctx.epochClock().nanoTime();
        return StageFile.create(
            new File(ctx.stageDirectory(), "producer-" + ctx.clientId() + StageLayout.PRODUCER_FILE_SUFFIX),
            StageLayout.KIND_PRODUCER, -1, ctx.clientId(), ctx.stageSampling(),
            wallNs - ctx.nanoClock().nanoTime(), wallNs);
    }
}
