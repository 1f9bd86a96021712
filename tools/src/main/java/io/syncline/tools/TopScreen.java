package io.syncline.tools;

import io.syncline.broker.BrokerCounters;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What {@code top} shows: two readings of all counters, and the difference between them. */
final class TopScreen
{
    private static final double NS_PER_SECOND = 1e9;
    private static final long NS_PER_US = 1000;

    /** One replica, as its node shows it. */
    private static final class Replica
    {
        String name = "";
        long logEnd;
        long highWatermark;
        long leaderEpoch;
        long leader = -1;
        long isr;
        long isrSize;
    }

    private final Map<String, List<NodeCounters.Value>> now = new TreeMap<>();
    private final Map<String, Map<String, Long>> before = new HashMap<>();
    private final TreeMap<String, TreeMap<Integer, Replica>> partitions = new TreeMap<>();
    private long readNs;
    private double seconds = 1;

    /** Reads everything again; what was read last is what the rates are against. */
    void update(final List<NodeCounters> nodes, final long nowNs)
    {
        before.clear();
        now.forEach((node, values) ->
        {
            final Map<String, Long> byLabel = new HashMap<>();
            values.forEach((value) -> byLabel.put(value.label(), value.value()));
            before.put(node, byLabel);
        });
        seconds = Math.max(1e-3, (nowNs - readNs) / NS_PER_SECOND);
        readNs = nowNs;
        now.clear();
        partitions.clear();
        for (final NodeCounters node : nodes)
        {
            final List<NodeCounters.Value> values = node.read();
            now.put(node.name(), values);
            values.stream().filter((value) -> BrokerCounters.isOfPartition(value.typeId()))
                .forEach((value) -> note(node.nodeId(), value));
        }
    }

    String text()
    {
        final StringBuilder out = new StringBuilder();
        line(out, "%-24s%7s%7s%12s%14s%14s%10s%12s", "PARTITION", "LEADER", "EPOCH", "ISR", "LOG END", "HIGH WM", "LAG",
            "RECORDS/S");
        partitions.forEach((name, replicas) -> partition(out, name, replicas));
        out.append('\n');
        line(out, "%-6s%-12s%14s%16s%14s", "NODE", "AGENT", "TURNS/S", "LONGEST us", "");
        now.forEach((node, values) -> agents(out, node, values));
        out.append('\n');
        line(out, "%-6s%-14s%14s%14s%14s%16s", "NODE", "STREAM", "SENT/S", "REFUSED/S", "RECEIVED/S", "REFUSED SO FAR");
        now.forEach((node, values) -> streams(out, node, values));
        out.append('\n');
        now.forEach((node, values) -> line(out, "node %s: %,d errors, %,d segment rolls, %,d of them unprepared, " +
            "%,d appends that had to make room", node,
            value(values, BrokerCounters.ERRORS_TYPE_ID), value(values, BrokerCounters.ROLLS_TYPE_ID),
            value(values, BrokerCounters.UNPREPARED_ROLLS_TYPE_ID), value(values, BrokerCounters.UNRESERVED_APPENDS_TYPE_ID)));
        return out.toString();
    }

    private void note(final int node, final NodeCounters.Value value)
    {
        final Replica replica = partitions.computeIfAbsent(value.topicId() + "-" + value.partition(), (k) -> new TreeMap<>())
            .computeIfAbsent(node, (k) -> new Replica());
        replica.name = value.subject();
        switch (value.typeId())
        {
            case BrokerCounters.LOG_END_TYPE_ID -> replica.logEnd = value.value();
            case BrokerCounters.HIGH_WATERMARK_TYPE_ID -> replica.highWatermark = value.value();
            case BrokerCounters.LEADER_EPOCH_TYPE_ID -> replica.leaderEpoch = value.value();
            case BrokerCounters.LEADER_TYPE_ID -> replica.leader = value.value();
            case BrokerCounters.ISR_SIZE_TYPE_ID -> replica.isrSize = value.value();
            case BrokerCounters.ISR_TYPE_ID -> replica.isr = value.value();
            default ->
            {
                // Not a partition's.
            }
        }
    }

    /** The one with the newest epoch knows best; a leader's own numbers before a follower's. */
    private void partition(final StringBuilder out, final String name, final TreeMap<Integer, Replica> replicas)
    {
        int from = replicas.firstKey();
        for (final var entry : replicas.entrySet())
        {
            final Replica best = replicas.get(from);
            final Replica other = entry.getValue();
            if (other.leaderEpoch > best.leaderEpoch ||
                other.leaderEpoch == best.leaderEpoch && other.leader == entry.getKey())
            {
                from = entry.getKey();
            }
        }
        final Replica shown = replicas.get(from);
        final Replica leader = replicas.getOrDefault((int)shown.leader, shown);
        final long slowest = replicas.values().stream().mapToLong((replica) -> replica.logEnd).min().orElse(0);
        line(out, "%-24s%7s%7d%12s%,14d%,14d%,10d%,12.0f", shown.name, shown.leader < 0 ? "none" : shown.leader,
            shown.leaderEpoch, members(shown), leader.logEnd, leader.highWatermark, Math.max(0, leader.logEnd - slowest),
            rate(nodeName(shown, from), "log-end " + shown.name, leader.logEnd));
    }

    private String nodeName(final Replica shown, final int from)
    {
        final String leader = Long.toString(shown.leader);
        return now.containsKey(leader) ? leader : Integer.toString(from);
    }

    private void agents(final StringBuilder out, final String node, final List<NodeCounters.Value> values)
    {
        for (final NodeCounters.Value value : values)
        {
            if (value.typeId() == BrokerCounters.CYCLES_TYPE_ID)
            {
                final long longestNs = values.stream().filter((other) ->
                    other.typeId() == BrokerCounters.LONGEST_CYCLE_TYPE_ID && other.subject().equals(value.subject()))
                    .mapToLong(NodeCounters.Value::value).findFirst().orElse(0);
                line(out, "%-6s%-12s%,14.0f%,16d", node, value.subject(), rate(node, value.label(), value.value()),
                    longestNs / NS_PER_US);
            }
        }
    }

    private void streams(final StringBuilder out, final String node, final List<NodeCounters.Value> values)
    {
        final TreeMap<String, NodeCounters.Value[]> streams = new TreeMap<>();
        for (final NodeCounters.Value value : values)
        {
            final int column = value.typeId() - BrokerCounters.SENT_TYPE_ID;
            if (column >= 0 && column <= BrokerCounters.RECEIVED_TYPE_ID - BrokerCounters.SENT_TYPE_ID)
            {
                streams.computeIfAbsent(value.subject(), (name) -> new NodeCounters.Value[3])[column] = value;
            }
        }
        streams.forEach((name, counts) ->
        {
            final List<Object> cells = new ArrayList<>(List.of(node, name));
            for (final NodeCounters.Value count : counts)
            {
                cells.add(count == null ? "-" : String.format(Locale.ROOT, "%,.0f", rate(node, count.label(), count.value())));
            }
            cells.add(counts[1] == null ? "-" : String.format(Locale.ROOT, "%,d", counts[1].value()));
            line(out, "%-6s%-14s%14s%14s%14s%16s", cells.toArray());
        });
    }

    private double rate(final String node, final String label, final long value)
    {
        final Long then = before.getOrDefault(node, Map.of()).get(label);
        return then == null ? 0 : Math.max(0, value - then) / seconds;
    }

    private static String members(final Replica replica)
    {
        final StringBuilder text = new StringBuilder();
        for (int id = 0; id < Long.SIZE - 1; id++)
        {
            if ((replica.isr & 1L << id) != 0)
            {
                text.append(text.isEmpty() ? "" : ",").append(id);
            }
        }
        return Long.bitCount(replica.isr) == replica.isrSize ? text.toString() : replica.isrSize + " members";
    }

    private static long value(final List<NodeCounters.Value> values, final int typeId)
    {
        return values.stream().filter((value) -> value.typeId() == typeId).mapToLong(NodeCounters.Value::value).sum();
    }

    private static void line(final StringBuilder out, final String format, final Object... cells)
    {
        out.append(String.format(Locale.ROOT, format, cells).stripTrailing()).append('\n');
    }
}
