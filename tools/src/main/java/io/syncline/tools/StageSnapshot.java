package io.syncline.tools;

import io.syncline.stage.Stage;
import io.syncline.stage.StageHistogram;
import io.syncline.stage.StageLayout;
import io.syncline.stage.StageReader;
import io.syncline.stage.StageRows;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The stages of several nodes and producers at one moment, put together. Where a producer's file is among them the
 * records are the producers', from due to callback; otherwise they are the leaders', from arrival to answer.
 */
final class StageSnapshot
{
    /** What one follower did of everything sampled, waited for or not. */
    record Followed(StageHistogram append, StageHistogram ack)
    {
    }

    final boolean isWhole;
    final StageHistogram[] stages = new StageHistogram[Stage.COUNT];
    final StageHistogram[] whatIf = new StageHistogram[StageLayout.WHATIF_COUNT];
    final TreeMap<Integer, Followed> followers = new TreeMap<>();
    final TreeSet<Integer> leaders = new TreeSet<>();
    StageHistogram total = new StageHistogram();
    StageRows rows = new StageRows();
    long dropped;
    int sampling;

    private StageSnapshot(final boolean isWhole)
    {
        this.isWhole = isWhole;
        for (int i = 0; i < stages.length; i++)
        {
            stages[i] = new StageHistogram();
        }
        for (int i = 0; i < whatIf.length; i++)
        {
            whatIf[i] = new StageHistogram();
        }
    }

    /**
     * @param readers of nodes and producers
     * @param topic   name or id of a topic; null for all
     * @return a copy of what they hold now
     */
    static StageSnapshot of(final List<StageReader> readers, final String topic)
    {
        final StageSnapshot snapshot = new StageSnapshot(
            readers.stream().anyMatch((reader) -> reader.kind() == StageLayout.KIND_PRODUCER));
        if (topic != null)
        {
            topicId(readers, topic);
        }
        for (final StageReader reader : readers)
        {
            int section = topic == null ? 0 : -1;
            for (final StageReader.Section candidate : reader.sections())
            {
                section = isNamed(candidate, topic) ? candidate.index() : section;
            }
            if (section >= 0)
            {
                snapshot.add(reader, section);
            }
        }
        return snapshot;
    }

    /**
     * @param readers of nodes and producers
     * @param topic   name or id of a topic that one of them knows
     * @return its id
     */
    static long topicId(final List<StageReader> readers, final String topic)
    {
        final Set<String> known = new TreeSet<>();
        for (final StageReader reader : readers)
        {
            for (final StageReader.Section candidate : reader.sections())
            {
                known.add(candidate.name().isEmpty() ? Long.toString(candidate.topicId()) : candidate.name());
                if (isNamed(candidate, topic))
                {
                    return candidate.topicId();
                }
            }
        }
        throw CommandFailure.usage("no stages of a topic '" + topic + "'; there are those of " + known + " (--topic)");
    }

    private static boolean isNamed(final StageReader.Section section, final String topic)
    {
        return section.name().equals(topic) || Long.toString(section.topicId()).equals(topic);
    }

    /**
     * @param earlier of the same files
     * @return what came since
     */
    StageSnapshot since(final StageSnapshot earlier)
    {
        final StageSnapshot since = new StageSnapshot(isWhole);
        for (int i = 0; i < stages.length; i++)
        {
            since.stages[i] = stages[i].since(earlier.stages[i]);
        }
        for (int i = 0; i < whatIf.length; i++)
        {
            since.whatIf[i] = whatIf[i].since(earlier.whatIf[i]);
        }
        followers.forEach((node, now) ->
        {
            final Followed then = earlier.followers.get(node);
            since.followers.put(node, then == null ? now :
                new Followed(now.append().since(then.append()), now.ack().since(then.ack())));
        });
        since.leaders.addAll(leaders);
        since.total = total.since(earlier.total);
        since.rows = rows.since(earlier.rows);
        since.dropped = dropped - earlier.dropped;
        since.sampling = sampling;
        return since;
    }

    private void add(final StageReader reader, final int section)
    {
        final boolean isProducer = reader.kind() == StageLayout.KIND_PRODUCER;
        if (isProducer == isWhole)
        {
            for (int i = 0; i < stages.length; i++)
            {
                stages[i].add(reader.histogram(section, i));
            }
            total.add(reader.histogram(section, StageLayout.TOTAL));
            rows.add(reader.rows(section));
            sampling = Math.max(sampling, reader.sampling());
            dropped += reader.droppedByLeader();
        }
        if (!isProducer)
        {
            if (reader.histogram(section, StageLayout.TOTAL).count() > 0)
            {
                leaders.add(reader.nodeId());
            }
            for (int i = 0; i < whatIf.length; i++)
            {
                whatIf[i].add(reader.histogram(section, StageLayout.WHATIF + i));
            }
            final StageHistogram append = reader.histogram(section, StageLayout.FOLLOWED_APPEND);
            if (append.count() > 0)
            {
                followers.put(reader.nodeId(), new Followed(append, reader.histogram(section, StageLayout.FOLLOWED_ACK)));
            }
        }
    }
}
