package io.syncline.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import io.syncline.journal.JournalLayout;
import io.syncline.journal.LogScan;
import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchFlyweight;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** {@code syncline log}: what is on disk, without a running node and without changing anything. */
@Command(name = "log", description = "Looks at logs on disk; needs no running node and changes nothing.",
    mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND",
    subcommands = {LogCommand.Dump.class, LogCommand.Verify.class},
    footer = {"", "Example:", "  syncline log dump --dir /var/lib/syncline"})
final class LogCommand implements Runnable
{
    private static final int SEARCH_DEPTH = 5;
    private static final String MANIFEST = "manifest";
    private static final String SEGMENTS = "*.{cq4,cq4r}";

    @Spec
    private CommandSpec spec;

    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** {@code --dir}: where to look. */
    static final class DirectoryOptions
    {
        @Option(names = "--dir", paramLabel = "DIR", required = true,
            description = "A node's log.dir, the directory of one partition, or a directory above several nodes.")
        private Path directory;

        /** One that has lost its manifest is still one: what its segments mean cannot be told, and that is a defect. */
        private static boolean isPartition(final Path path)
        {
            if (Files.exists(path.resolve(MANIFEST)))
            {
                return true;
            }
            try (DirectoryStream<Path> segments = Files.newDirectoryStream(path, SEGMENTS))
            {
                return segments.iterator().hasNext();
            }
            catch (final IOException ex)
            {
                throw CommandFailure.usage("cannot look into " + path + ": " + ex + " (--dir)");
            }
        }

        /** @return directories of partitions at or below the one given, sorted; at least one */
        List<Path> partitions()
        {
            if (!Files.isDirectory(directory))
            {
                throw CommandFailure.usage("there is no directory " + directory + " (--dir)");
            }
            try (Stream<Path> paths = Files.find(directory.toAbsolutePath(), SEARCH_DEPTH, (path, attributes) ->
                attributes.isDirectory() && JournalLayout.keyOf(path) >= 0 && isPartition(path)))
            {
                final List<Path> partitions = paths.sorted().toList();
                if (partitions.isEmpty())
                {
                    throw CommandFailure.usage("there is no partition at or below " + directory + " (--dir)");
                }
                return partitions;
            }
            catch (final IOException | UncheckedIOException ex)
            {
                throw new CommandFailure(
                    ExitCode.USAGE, "cannot look into " + directory + ": " + ex.getMessage() + " (--dir)", ex);
            }
        }
    }

    @Command(name = "dump", mixinStandardHelpOptions = true,
        description = "Prints every batch: partition, base offset, epoch, count, producer, sequences, CRC state.",
        footer = {"", "Example:", "  syncline log dump --dir /var/lib/syncline/partitions/1-0 --format json"})
    static final class Dump implements Callable<Integer>, LogScan.Visitor
    {
        @Mixin
        private DirectoryOptions directory;

        @Mixin
        private FormatOptions format;

        private final BatchFlyweight batch = new BatchFlyweight();
        private JsonGenerator json;
        private String partition;

        @Override
        public Integer call() throws IOException
        {
            final List<Path> partitions = directory.partitions();
            if (format.isJson())
            {
                FormatOptions.document(System.out, (generator) ->
                {
                    json = generator;
                    json.writeStartArray();
                    dump(partitions);
                    json.writeEndArray();
                });
            }
            else
            {
                dump(partitions);
            }
            return ExitCode.OK;
        }

        @Override
        public void onBatch(final Path file, final long position, final UnsafeBuffer view, final int code)
        {
            if (view.capacity() < BatchDescriptor.HEADER_LENGTH)
            {
                return;
            }
            batch.wrap(view, 0);
            if (json == null)
            {
                System.out.println(partition + "  offset " + batch.baseOffset() + "  epoch " + batch.leaderEpoch() +
                    "  count " + batch.count() + "  producer " + batch.producerId() + "/" + batch.producerEpoch() +
                    "  sequences " + batch.baseSequence() + " to " + batch.lastSequence() +
                    "  crc " + crcState(code) + "  length " + view.capacity() +
                    "  " + file.getFileName());
                return;
            }
            try
            {
                json.writeStartObject();
                json.writeStringField("partition", partition);
                json.writeNumberField("baseOffset", batch.baseOffset());
                json.writeNumberField("epoch", batch.leaderEpoch());
                json.writeNumberField("count", batch.count());
                json.writeNumberField("producerId", batch.producerId());
                json.writeNumberField("producerEpoch", batch.producerEpoch());
                json.writeNumberField("firstSequence", batch.baseSequence());
                json.writeNumberField("lastSequence", batch.lastSequence());
                json.writeNumberField("baseTimestampNs", batch.baseTimestampNs());
                json.writeNumberField("length", view.capacity());
                json.writeStringField("crc", crcState(code));
                json.writeStringField("segment", file.getFileName().toString());
                json.writeEndObject();
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        }

        @Override
        public void onDefect(final Path file, final long offset, final String what)
        {
            System.err.println("syncline log dump: " + partition + ", " + file.getFileName() + ", offset " + offset +
                ": " + what);
        }

        private void dump(final List<Path> partitions)
        {
            final boolean isOne = partitions.stream().map(Path::getParent).distinct().count() == 1;
            for (final Path path : partitions)
            {
                partition = isOne ? path.getFileName().toString() : path.toString();
                try
                {
                    LogScan.scan(path, this);
                }
                catch (final UncheckedIOException | IllegalStateException ex)
                {
                    throw new CommandFailure(ExitCode.CHECK_FAILED, ex.getMessage(), ex);
                }
            }
        }

        private static String crcState(final int code)
        {
            return switch (code)
            {
                case Codes.OK -> "ok";
                case Codes.CORRUPT_BATCH -> "corrupt";
                default -> "invalid";
            };
        }
    }

    @Command(name = "verify", mixinStandardHelpOptions = true,
        description = "Checks CRCs, offsets, epochs and producers' sequences of every batch. Exits 3 on any defect.",
        footer = {"", "Example:", "  syncline log verify --dir /var/lib/syncline --format json"})
    static final class Verify implements Callable<Integer>
    {
        @Mixin
        private DirectoryOptions directory;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws IOException
        {
            final List<LogCheck> checks = new ArrayList<>();
            for (final Path path : directory.partitions())
            {
                checks.add(LogCheck.of(path));
            }
            final boolean isSound = checks.stream().allMatch((check) -> check.defects().isEmpty());
            if (format.isJson())
            {
                FormatOptions.document(System.out, (json) -> write(json, checks, isSound));
            }
            else
            {
                checks.forEach(Verify::print);
            }
            return isSound ? ExitCode.OK : ExitCode.CHECK_FAILED;
        }

        private static void print(final LogCheck check)
        {
            System.out.println(check.directory() + ": " + check.batches() + " batches, " + check.records() +
                " records, offsets " + check.logStart() + " to " + check.logEnd() + ", " +
                (check.defects().isEmpty() ? "sound" : check.defects().size() + " DEFECTS"));
            for (final LogCheck.Defect defect : check.defects())
            {
                System.out.println("  " + defect.file() + ", offset " + defect.offset() + ": " + defect.what());
            }
        }

        private static void write(final JsonGenerator json, final List<LogCheck> checks, final boolean isSound)
            throws IOException
        {
            json.writeStartObject();
            json.writeBooleanField("sound", isSound);
            json.writeArrayFieldStart("partitions");
            for (final LogCheck check : checks)
            {
                json.writeStartObject();
                json.writeStringField("directory", check.directory().toString());
                json.writeStringField("partition", check.directory().getFileName().toString());
                json.writeNumberField("logStart", check.logStart());
                json.writeNumberField("logEnd", check.logEnd());
                json.writeNumberField("batches", check.batches());
                json.writeNumberField("records", check.records());
                json.writeArrayFieldStart("defects");
                for (final LogCheck.Defect defect : check.defects())
                {
                    json.writeStartObject();
                    json.writeStringField("segment", defect.file());
                    json.writeNumberField("offset", defect.offset());
                    json.writeStringField("what", defect.what());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }
}
