package io.syncline.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * What a demo found.
 *
 * @param records           lines of the input
 * @param acked             of them acknowledged
 * @param lost              acknowledged but missing, summed over every replica and the consumer
 * @param duplicated        found more than once, summed alike
 * @param reordered         found behind a later one, summed alike
 * @param failoverNs        longest time without acks around the kill, 0 when nothing was killed
 * @param leaderBefore      of partition 0 at the start
 * @param leaderAfter       of partition 0 after the kill
 * @param epochBefore       leader epoch at the start
 * @param epochAfter        leader epoch after the kill
 * @param latencies         from sending to ack, nanoseconds
 * @param replicasIdentical whether all replicas hold the same bytes
 * @param elapsedNs         from the first line sent to the last answered
 * @param defects           everything that is wrong, in words; empty when the result is verified
 */
record DemoOutcome(
    long records,
    long acked,
    long lost,
    long duplicated,
    long reordered,
    long failoverNs,
    int leaderBefore,
    int leaderAfter,
    int epochBefore,
    int epochAfter,
    Histogram latencies,
    boolean replicasIdentical,
    long elapsedNs,
    List<String> defects)
{
    /** @return true only when every record was acknowledged and found everywhere, once, in order and alone */
    boolean isVerified()
    {
        return defects.isEmpty() && acked == records && lost == 0 && duplicated == 0 && reordered == 0 &&
            replicasIdentical;
    }

    void writeTo(final JsonGenerator json) throws IOException
    {
        json.writeStartObject();
        json.writeNumberField("records", records);
        json.writeNumberField("acked", acked);
        json.writeNumberField("lost", lost);
        json.writeNumberField("duplicated", duplicated);
        json.writeNumberField("reordered", reordered);
        json.writeNumberField("failoverMs", tenths(failoverNs / 1e6));
        json.writeNumberField("leaderBefore", leaderBefore);
        json.writeNumberField("leaderAfter", leaderAfter);
        json.writeNumberField("epochBefore", epochBefore);
        json.writeNumberField("epochAfter", epochAfter);
        json.writeObjectFieldStart("ackLatencyUs");
        json.writeNumberField("p50", percentileUs(50));
        json.writeNumberField("p90", percentileUs(90));
        json.writeNumberField("p99", percentileUs(99));
        json.writeNumberField("p99.9", percentileUs(99.9));
        json.writeNumberField("max", tenths(latencies.getMaxValue() / 1e3));
        json.writeEndObject();
        json.writeBooleanField("replicasIdentical", replicasIdentical);
        json.writeBooleanField("verified", isVerified());
        json.writeEndObject();
    }

    void printTo(final PrintStream out)
    {
        out.printf(Locale.ROOT, "records      %,d produced, %,d acknowledged (acks=all) in %.2f s%n",
            records, acked, elapsedNs / 1e9);
        out.printf(Locale.ROOT, "read back    %,d lost, %,d duplicated, %,d reordered%n", lost, duplicated, reordered);
        if (failoverNs > 0)
        {
            out.printf(Locale.ROOT, "failover     %.1f ms without acks: broker %d, epoch %d -> broker %d, epoch %d%n",
                failoverNs / 1e6, leaderBefore, epochBefore, leaderAfter, epochAfter);
        }
        out.printf(Locale.ROOT, "ack latency  p50 %.1f us, p90 %.1f us, p99 %.1f us, p99.9 %.1f us, max %.1f us%n",
            percentileUs(50), percentileUs(90), percentileUs(99), percentileUs(99.9), latencies.getMaxValue() / 1e3);
        out.println("replicas     " + (replicasIdentical ? "identical, by checksum and by bytes" : "DIFFER"));
        out.println(isVerified() ? "VERIFIED" : "NOT VERIFIED");
    }

    private double percentileUs(final double percentile)
    {
        return tenths(latencies.getValueAtPercentile(percentile) / 1e3);
    }

    private static double tenths(final double value)
    {
        return Math.round(value * 10) / 10.0;
    }
}
