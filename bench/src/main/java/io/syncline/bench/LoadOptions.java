package io.syncline.bench;

import io.syncline.client.Acks;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Options that every load shares. */
final class LoadOptions
{
    private static final int MAX_IN_FLIGHT = 1 << 20;
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(10);

    @Option(names = "--rate", defaultValue = "10000", paramLabel = "N", split = ",",
        description = "Records a second, each due at its own time; 0: as fast as it goes. Several, separated by commas, are run one " +
            "after the other on the same system. Default: ${DEFAULT-VALUE}.")
    List<Long> rates;

    @Option(names = "--size", defaultValue = "256", paramLabel = "BYTES",
        description = "Bytes of each value. Default: ${DEFAULT-VALUE}.")
    int size;

    @Option(names = "--acks", defaultValue = "all", paramLabel = "LEVEL",
        description = "none, leader or all (also 0, 1, -1). Default: ${DEFAULT-VALUE}.", converter = AcksConverter.class)
    Acks acks;

    @Option(names = "--duration", defaultValue = "10s", paramLabel = "TIME",
        description = "Recorded load, such as 500ms, 10s, 2m. Default: ${DEFAULT-VALUE}.",
        converter = DurationConverter.class)
    long durationNs;

    @Option(names = "--warmup", defaultValue = "10s", paramLabel = "TIME",
        description = "Load before anything is recorded. Default: ${DEFAULT-VALUE}.", converter = DurationConverter.class)
    long warmupNs;

    @Option(names = {"-o", "--output"}, paramLabel = "DIR",
        description = "Where to leave the .hlog, .hgrm and .json files. Default: nowhere.")
    Path output;

    @Option(names = "--format", defaultValue = "text", paramLabel = "text|json",
        description = "What to print. Default: ${DEFAULT-VALUE}.")
    OutputFormat format;

    RigConfiguration configuration(final long rate)
    {
        return new RigConfiguration(rate, size, warmupNs, durationNs, GRACE_NS, MAX_IN_FLIGHT);
    }

    enum OutputFormat
    {
        text, json
    }

    static final class AcksConverter implements ITypeConverter<Acks>
    {
        @Override
        public Acks convert(final String text)
        {
            return switch (text)
            {
                case "all", "-1" -> Acks.ALL;
                case "leader", "1" -> Acks.LEADER;
                case "none", "0" -> Acks.NONE;
                default -> throw new IllegalArgumentException("'" + text + "' is not an ack level: none, leader or all");
            };
        }
    }

    static final class DurationConverter implements ITypeConverter<Long>
    {
        @Override
        public Long convert(final String text)
        {
            final int unit = unitStart(text);
            try
            {
                final long value = Long.parseLong(text.substring(0, unit));
                return switch (text.substring(unit))
                {
                    case "us" -> TimeUnit.MICROSECONDS.toNanos(value);
                    case "ms" -> TimeUnit.MILLISECONDS.toNanos(value);
                    case "s" -> TimeUnit.SECONDS.toNanos(value);
                    case "m" -> TimeUnit.MINUTES.toNanos(value);
                    case "h" -> TimeUnit.HOURS.toNanos(value);
                    default -> throw new NumberFormatException();
                };
            }
            catch (final NumberFormatException ex)
            {
                throw new IllegalArgumentException("'" + text + "' is not a time: write a number and us, ms, s, m or h", ex);
            }
        }

        private static int unitStart(final String text)
        {
            int i = 0;
            while (i < text.length() && Character.isDigit(text.charAt(i)))
            {
                i++;
            }
            return i;
        }
    }
}
