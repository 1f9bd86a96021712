package io.syncline.tools;

import io.syncline.protocol.PartitionKey;
import io.syncline.stage.StageLayout;
import io.syncline.stage.StageReader;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One of the worst records that the files remember, and what happened at any node while it was on its way.
 *
 * @param reader     whose record
 * @param exemplar   its stages
 * @param happenings that overlap its life, by node
 */
record SlowRecord(StageReader reader, StageReader.Exemplar exemplar, List<AtNode> happenings)
{
    private static final long REMEMBERED_NS = TimeUnit.SECONDS.toNanos(StageLayout.EXEMPLAR_SECONDS);

    /**
     * @param node  id
     * @param event what happened there
     */
    record AtNode(int node, StageReader.Event event)
    {
    }

    /**
     * The producers' worst records where there are any, else the leaders', the slowest first. They are those of the two
     * minutes before the latest: a file keeps a second's records until that second's place is needed again, which in a
     * file that is written now and then, or no longer, is much later.
     *
     * @param readers of nodes and producers
     * @param topicId only of this topic; null for all
     * @return the records
     */
    static List<SlowRecord> of(final List<StageReader> readers, final Long topicId)
    {
        final List<AtNode> all = new ArrayList<>();
        readers.forEach((reader) -> reader.happenings().forEach((event) -> all.add(new AtNode(reader.nodeId(), event))));
        final boolean isWhole = readers.stream().anyMatch((reader) -> reader.kind() == StageLayout.KIND_PRODUCER);
        final List<SlowRecord> records = new ArrayList<>();
        for (final StageReader reader : readers)
        {
            if (isWhole == (reader.kind() == StageLayout.KIND_PRODUCER))
            {
                for (final StageReader.Exemplar exemplar : reader.exemplars())
                {
                    if (topicId == null || PartitionKey.topicId(exemplar.key()) == topicId)
                    {
                        final long fromNs = exemplar.endNs() - exemplar.totalNs();
                        records.add(new SlowRecord(reader, exemplar, all.stream()
                            .filter((at) -> at.event().overlaps(fromNs, exemplar.endNs())).toList()));
                    }
                }
            }
        }
        final long latestNs = records.stream().mapToLong((slow) -> slow.exemplar().endNs()).max().orElse(0);
        records.removeIf((slow) -> latestNs - slow.exemplar().endNs() > REMEMBERED_NS);
        records.sort(Comparator.comparingLong((SlowRecord slow) -> slow.exemplar().totalNs()).reversed());
        return records;
    }
}
