package io.syncline.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import io.syncline.stage.Stage;
import io.syncline.stage.StageHistogram;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Prints a {@link StageSnapshot}: stage by stage, then the total, and the sum of the medians beside the total's own. */
final class StageTable
{
    private static final double[] PERCENTILES = {50, 90, 99, 99.9};
    private static final double TAIL = 99.9;
    private static final double NS_PER_US = 1000.0;

    private final StageSnapshot snapshot;
    private final double[] shares;

    StageTable(final StageSnapshot snapshot)
    {
        this.snapshot = snapshot;
        shares = snapshot.rows.tailShares(TAIL);
    }

    void print(final PrintStream out, final String title)
    {
        out.printf(Locale.ROOT, "%s   sampled 1/%d   %,d records%s%44s%n", title, snapshot.sampling, snapshot.total.count(),
            snapshot.isWhole ? "" : " at their leaders", "us");
        out.printf("%-18s%-8s%10s%10s%10s%10s%10s   %s%n",
            "stage", "node", "p50", "p90", "p99", "p99.9", "max", "share of p99.9+ time");
        for (int i = first(); i < Stage.COUNT; i++)
        {
            row(out, Stage.at(i).label(), nodes(Stage.at(i)), snapshot.stages[i],
                String.format(Locale.ROOT, "%3.0f %%", 100 * shares[i]));
        }
        row(out, "total", "-", snapshot.total, "");
        out.printf(Locale.ROOT,
            "%-26s%10.1f   the median of the total is another thing: %.1f%n", "sum of the medians", sumOfMediansNs() / NS_PER_US,
            snapshot.total.percentileNs(50) / NS_PER_US);
        snapshot.followers.forEach((node, followed) ->
        {
            row(out, "followed: append", Integer.toString(node), followed.append(), "");
            row(out, "followed: ack", Integer.toString(node), followed.ack(), "");
        });
        if (snapshot.dropped > 0)
        {
            out.printf(Locale.ROOT, "note: %,d samples were given up: sent twice, led by another since, or too many at once%n",
                snapshot.dropped);
        }
        if (snapshot.total.count() > 0 && snapshot.total.count() < 10_000)
        {
            out.println("note: p99.9 stands on fewer than ten records");
        }
    }

    void write(final JsonGenerator json, final String topic) throws IOException
    {
        json.writeStartObject();
        json.writeStringField("topic", topic);
        json.writeNumberField("sampling", snapshot.sampling);
        json.writeNumberField("records", snapshot.total.count());
        json.writeNumberField("dropped", snapshot.dropped);
        json.writeStringField("from", snapshot.isWhole ? "producer" : "leader");
        json.writeArrayFieldStart("stages");
        for (int i = first(); i < Stage.COUNT; i++)
        {
            json.writeStartObject();
            json.writeStringField("stage", Stage.at(i).label());
            json.writeStringField("node", nodes(Stage.at(i)));
            write(json, snapshot.stages[i]);
            json.writeNumberField("shareOfTail", shares[i]);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectFieldStart("total");
        write(json, snapshot.total);
        json.writeEndObject();
        json.writeNumberField("sumOfMediansUs", sumOfMediansNs() / NS_PER_US);
        json.writeArrayFieldStart("followed");
        for (final var entry : snapshot.followers.entrySet())
        {
            json.writeStartObject();
            json.writeNumberField("node", entry.getKey());
            json.writeObjectFieldStart("append");
            write(json, entry.getValue().append());
            json.writeEndObject();
            json.writeObjectFieldStart("ack");
            write(json, entry.getValue().ack());
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** The members of an object that is open: count, percentiles and max in microseconds. */
    static void write(final JsonGenerator json, final StageHistogram histogram) throws IOException
    {
        json.writeNumberField("count", histogram.count());
        for (final double percentile : PERCENTILES)
        {
            json.writeNumberField(name(percentile), histogram.percentileNs(percentile) / NS_PER_US);
        }
        json.writeNumberField("max", histogram.maxNs() / NS_PER_US);
    }

    static void row(
        final PrintStream out, final String stage, final String node, final StageHistogram histogram, final String end)
    {
        out.printf(Locale.ROOT, "%-18s%-8s", stage, node);
        for (final double percentile : PERCENTILES)
        {
            out.printf(Locale.ROOT, "%10.1f", histogram.percentileNs(percentile) / NS_PER_US);
        }
        out.printf(Locale.ROOT, "%10.1f   %s%n", histogram.maxNs() / NS_PER_US, end);
    }

    private double sumOfMediansNs()
    {
        double sum = 0;
        for (int i = first(); i < Stage.COUNT; i++)
        {
            sum += snapshot.stages[i].percentileNs(50);
        }
        return sum;
    }

    private int first()
    {
        return (snapshot.isWhole ? Stage.WAIT_PRODUCER : Stage.LEADER_APPEND).ordinal();
    }

    private String nodes(final Stage stage)
    {
        return switch (stage)
        {
            case WAIT_PRODUCER, NET_PRODUCER, NET_REPLICA -> "-";
            case FOLLOWER_APPEND, FOLLOWER_ACK -> join(new TreeSet<>(snapshot.followers.keySet()));
            default -> join(snapshot.leaders);
        };
    }

    private static String join(final TreeSet<Integer> nodes)
    {
        return nodes.isEmpty() ? "-" : nodes.stream().map((node) -> Integer.toString(node)).collect(Collectors.joining(","));
    }

    private static String name(final double percentile)
    {
        return percentile == 99.9 ? "p99.9" : "p" + (int)percentile;
    }
}
