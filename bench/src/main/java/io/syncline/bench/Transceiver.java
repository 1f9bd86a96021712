package io.syncline.bench;

import org.HdrHistogram.Histogram;

import java.util.List;
import java.util.Map;

/**
 * What the rig loads: sends records, and reports when each is acknowledged and, where it reads them back, delivered.
 * Belongs to the rig's thread.
 */
public interface Transceiver extends AutoCloseable
{
    /** Hears of records, by the sequence {@link #send} returned. Called from within {@link #poll}, sequences in order. */
    interface Receipts
    {
        /** Records up to a sequence, inclusive, are acknowledged. */
        void onAcked(long upToSequence);

        /** Records up to a sequence, inclusive, were given up. */
        void onFailed(long upToSequence, int code);

        /** A record came back to a consumer. */
        void onDelivered(long sequence);
    }

    /**
     * @param receipts hears of every record
     * @return a name for the reports, with what matters of the configuration
     */
    String open(Receipts receipts);

    /**
     * @param length of the value in bytes
     * @return the record's sequence, growing by one from 0; or a negative code: not sent, to be tried again after a poll
     */
    long send(int length);

    /**
     * Says when the record sent next was due, for what the system itself measures of it.
     *
     * @param dueNs on the rig's clock
     */
    default void due(final long dueNs)
    {
        // Most systems do not ask.
    }

    /** The warm-up is over: what the system measured of itself so far does not count. */
    default void onMeasuring()
    {
        // Most systems measure nothing.
    }

    /** @return what the system measured of itself since then, by the tag it has in the histogram log; empty for nothing */
    default Map<String, Histogram> stages()
    {
        return Map.of();
    }

    /** @return the same stages, added up by how long the records took in all; empty for nothing */
    default List<StageBands.Band> stageBands()
    {
        return List.of();
    }

    /** @return work done */
    int poll();

    /** @return true when a consumer reads the records back */
    boolean isDelivering();

    @Override
    void close();
}
