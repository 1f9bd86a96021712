package io.syncline.client;

/** Hears how far a comparison of replicas has come; called on the thread that asked for it. */
@FunctionalInterface
public interface ComparisonListener
{
    /**
     * @param topic      name
     * @param partition  from 0
     * @param fromOffset first offset compared
     * @param upToOffset end of what has been compared, exclusive
     * @param toOffset   end of the comparison, exclusive
     */
    void onCompared(String topic, int partition, long fromOffset, long upToOffset, long toOffset);
}
