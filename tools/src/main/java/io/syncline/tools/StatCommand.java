package io.syncline.tools;

import io.syncline.broker.BrokerCounters;
import org.agrona.BufferUtil;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.ErrorLogReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.File;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** {@code syncline stat}: what a node counts, its errors and its streams, from its files. */
@Command(name = "stat", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND",
    description = "Reads what nodes count, from their files and without their help.",
    subcommands = {StatCommand.Counters.class, StatCommand.Errors.class, StatCommand.Streams.class},
    footer = {"", "Example:", "  syncline stat counters --dir /var/lib/syncline"})
final class StatCommand implements Runnable
{
    @Spec
    private CommandSpec spec;

    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(name = "counters", mixinStandardHelpOptions = true, description = "Every counter of every node.",
        footer = {"", "Example:", "  syncline stat counters --dir /var/lib/syncline --format json"})
    static final class Counters implements Callable<Integer>
    {
        @Mixin
        private AttachOptions attach;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws IOException
        {
            final Map<String, List<NodeCounters.Value>> nodes = read(attach);
            if (format.isJson())
            {
                FormatOptions.document(System.out, (json) ->
                {
                    json.writeStartArray();
                    for (final var node : nodes.entrySet())
                    {
                        for (final NodeCounters.Value counter : node.getValue())
                        {
                            json.writeStartObject();
                            json.writeStringField("node", node.getKey());
                            json.writeNumberField("type", counter.typeId());
                            json.writeStringField("label", counter.label());
                            json.writeNumberField("value", counter.value());
                            json.writeEndObject();
                        }
                    }
                    json.writeEndArray();
                });
                return ExitCode.OK;
            }
            nodes.forEach((node, counters) -> counters.forEach((counter) -> System.out.printf(
                Locale.ROOT, "%-6s%,20d  %s%n", node, counter.value(), counter.label())));
            return ExitCode.OK;
        }
    }

    @Command(name = "errors", mixinStandardHelpOptions = true,
        description = "Every distinct asynchronous error of every node since it started; exits 3 when there is one.",
        footer = {"", "Example:", "  syncline stat errors --dir /var/lib/syncline"})
    static final class Errors implements Callable<Integer>
    {
        /** One distinct error. */
        private record Distinct(String file, int count, long firstMs, long lastMs, String text)
        {
        }

        @Mixin
        private AttachOptions attach;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws IOException
        {
            final List<Distinct> errors = new ArrayList<>();
            for (final File file : attach.errors())
            {
                final MappedByteBuffer mapped =
                    IoUtil.mapExistingFile(file, FileChannel.MapMode.READ_ONLY, "error log");
                try
                {
                    ErrorLogReader.read(new UnsafeBuffer(mapped), (count, firstMs, lastMs, text) ->
                        errors.add(new Distinct(file.getPath(), count, firstMs, lastMs, text)));
                }
                finally
                {
                    BufferUtil.free(mapped);
                }
            }
            if (format.isJson())
            {
                FormatOptions.document(System.out, (json) ->
                {
                    json.writeStartArray();
                    for (final Distinct error : errors)
                    {
                        json.writeStartObject();
                        json.writeStringField("file", error.file());
                        json.writeNumberField("count", error.count());
                        json.writeNumberField("firstMs", error.firstMs());
                        json.writeNumberField("lastMs", error.lastMs());
                        json.writeStringField("error", error.text());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
            }
            else
            {
                errors.forEach((error) -> System.out.printf("%s: %d time%s, from %s to %s%n%s%n",
                    error.file(), error.count(), error.count() == 1 ? "" : "s",
                    Instant.ofEpochMilli(error.firstMs()), Instant.ofEpochMilli(error.lastMs()), error.text()));
                System.out.println(errors.isEmpty() ? "no errors" : errors.size() + (errors.size() == 1 ? " distinct error" : " distinct errors"));
            }
            return errors.isEmpty() ? ExitCode.OK : ExitCode.CHECK_FAILED;
        }
    }

    @Command(name = "streams", mixinStandardHelpOptions = true,
        description = "Frames sent and received, and offers refused because a stream was full, by conversation.",
        footer = {"", "Example:", "  syncline stat streams --dir /var/lib/syncline"})
    static final class Streams implements Callable<Integer>
    {
        @Mixin
        private AttachOptions attach;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws IOException
        {
            final Map<String, List<NodeCounters.Value>> nodes = read(attach);
            if (format.isJson())
            {
                FormatOptions.document(System.out, (json) ->
                {
                    json.writeStartArray();
                    for (final var node : nodes.entrySet())
                    {
                        for (final var stream : byStream(node.getValue()).entrySet())
                        {
                            json.writeStartObject();
                            json.writeStringField("node", node.getKey());
                            json.writeStringField("stream", stream.getKey());
                            json.writeNumberField("sent", stream.getValue()[0]);
                            json.writeNumberField("refused", stream.getValue()[1]);
                            json.writeNumberField("received", stream.getValue()[2]);
                            json.writeEndObject();
                        }
                    }
                    json.writeEndArray();
                });
                return ExitCode.OK;
            }
            System.out.printf("%-6s%-14s%16s%16s%16s%n", "node", "stream", "sent", "refused", "received");
            nodes.forEach((node, counters) -> byStream(counters).forEach((stream, counts) -> System.out.printf(
                Locale.ROOT, "%-6s%-14s%,16d%,16d%,16d%n", node, stream, counts[0], counts[1], counts[2])));
            return ExitCode.OK;
        }

        private static Map<String, long[]> byStream(final List<NodeCounters.Value> counters)
        {
            final Map<String, long[]> streams = new TreeMap<>();
            for (final NodeCounters.Value counter : counters)
            {
                final int column = switch (counter.typeId())
                {
                    case BrokerCounters.SENT_TYPE_ID -> 0;
                    case BrokerCounters.REFUSED_TYPE_ID -> 1;
                    case BrokerCounters.RECEIVED_TYPE_ID -> 2;
                    default -> -1;
                };
                if (column >= 0)
                {
                    streams.computeIfAbsent(counter.subject(), (name) -> new long[3])[column] = counter.value();
                }
            }
            return streams;
        }
    }

    private static Map<String, List<NodeCounters.Value>> read(final AttachOptions attach)
    {
        final Map<String, List<NodeCounters.Value>> nodes = new TreeMap<>();
        final List<NodeCounters> found = attach.counters();
        try
        {
            found.forEach((counters) -> nodes.put(counters.name(), counters.read()));
            return nodes;
        }
        finally
        {
            CloseHelper.closeAll(found);
        }
    }
}
