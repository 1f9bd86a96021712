package io.syncline.metadata;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A topic without its partitions' states. Immutable.
 *
 * @param topicId    given once
 * @param name       unique among the topics that exist
 * @param config     settings as text; {@link TopicConfig} reads them
 * @param partitions number of partitions
 */
public record TopicState(long topicId, String name, Map<String, String> config, int partitions)
{
    /** Keeps an ordered copy. */
    public TopicState
    {
        config = orderedCopy(config);
    }

    /** Ordered, because every member of a quorum must iterate alike. */
    static Map<String, String> orderedCopy(final Map<String, String> map)
    {
        return Collections.unmodifiableMap(new TreeMap<>(map));
    }
}
