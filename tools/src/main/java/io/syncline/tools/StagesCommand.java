package io.syncline.tools;

import io.syncline.stage.Happening;
import io.syncline.stage.StageReader;
import org.agrona.CloseHelper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** {@code syncline stages}: where the time of the sampled records went. */
@Command(name = "stages", mixinStandardHelpOptions = true,
    description = {
        "Shows where the time of the sampled records went, from the files of running or stopped nodes, at no cost to them.",
        "",
        "With a producer's file among them the total runs from the time a record was due to its callback; without, from its " +
            "arrival at the leader to the answer. Follower stages are those of the follower whose ack completed the commit; " +
            "'followed' is what each follower did of everything sampled."},
    footer = {"", "Example:", "  syncline stages --dir /var/lib/syncline --topic orders --watch"})
final class StagesCommand implements Callable<Integer>
{
    private static final String CLEAR = "\033[H\033[2J";
    private static final int WINDOW = 10;

    @Mixin
    private AttachOptions attach;

    @Mixin
    private FormatOptions format;

    @Option(names = "--topic", paramLabel = "NAME", description = "Only this topic, by name or id. Default: all")
    private String topic;

    @Option(names = "--watch", description = "Shows the last ten seconds, every second, until interrupted.")
    private boolean watch;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "0",
        description = "With --watch: ends after so many. Default: never")
    private int rounds;

    @Override
    public Integer call() throws IOException
    {
        final List<StageReader> readers = attach.stages();
        try
        {
            if (watch)
            {
                watch(readers);
            }
            else
            {
                print(readers, StageSnapshot.of(readers, topic), "since the start");
            }
            return ExitCode.OK;
        }
        finally
        {
            CloseHelper.closeAll(readers);
        }
    }

    private void watch(final List<StageReader> readers) throws IOException
    {
        final ArrayDeque<StageSnapshot> earlier = new ArrayDeque<>();
        for (int round = 1; rounds == 0 || round <= rounds; round++)
        {
            earlier.add(StageSnapshot.of(readers, topic));
            if (earlier.size() > WINDOW + 1)
            {
                earlier.poll();
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            if (!format.isJson())
            {
                System.out.print(CLEAR);
            }
            print(readers, StageSnapshot.of(readers, topic).since(earlier.peek()), "last " + earlier.size() + " s");
        }
    }

    private void print(final List<StageReader> readers, final StageSnapshot snapshot, final String when) throws IOException
    {
        final StageTable table = new StageTable(snapshot);
        final String name = topic == null ? "all topics" : topic;
        if (format.isJson())
        {
            FormatOptions.document(System.out, (json) -> table.write(json, name));
            return;
        }
        table.print(System.out, name + "   " + when);
        noteCoincidences(readers);
        System.out.flush();
    }

    /** Of the worst records that the files remember, how many fell together with something else. */
    private static void noteCoincidences(final List<StageReader> readers)
    {
        final Map<Happening, Integer> together = new EnumMap<>(Happening.class);
        int worst = 0;
        for (final SlowRecord slow : SlowRecord.of(readers, null))
        {
            worst++;
            slow.happenings().stream().map((event) -> event.event().what()).distinct()
                .forEach((what) -> together.merge(what, 1, Integer::sum));
        }
        if (!together.isEmpty())
        {
            System.out.println("note: of the " + worst + " worst records of the last two minutes, " + together.entrySet().stream()
                .map((entry) -> entry.getValue() + " fell together with a " + entry.getKey().label())
                .collect(Collectors.joining(", ")) + "; see syncline tail");
        }
    }
}
