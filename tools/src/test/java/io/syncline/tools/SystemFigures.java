package io.syncline.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Figures of the system tests: a line each, shown at once and kept in {@code tools/target/system/figures.txt}. */
final class SystemFigures
{
    static final Path FILE = Repository.file("tools").resolve("target/system/figures.txt");

    private SystemFigures()
    {
    }

    /** Starts a table. */
    static void title(final String title) throws IOException
    {
        print("");
        print(title);
        print("%-26s %6s %9s %9s %9s %9s %9s %9s %7s %5s %7s %9s %5s", "scenario", "faults", "gap p50", "gap p99",
            "gap max", "heal p99", "sent", "acked", "unknown", "lost", "doubled", "reordered", "other");
    }

    /** A row of it; gaps in milliseconds. */
    static void row(final String scenario, final int faults, final SystemHistory.Verdict verdict) throws IOException
    {
        final SystemGaps gaps = verdict.gaps();
        print("%-26s %6d %9s %9s %9s %9s %9d %9d %7d %5d %7d %9d %5d", scenario, faults, gaps.ms(50), gaps.ms(99),
            gaps.ms(100), verdict.healed().ms(99), verdict.sent(), verdict.acked(),
            verdict.failed() + verdict.unknown(), verdict.lost(), verdict.doubled(), verdict.reordered(),
            verdict.other());
    }

    static void print(final String format, final Object... values) throws IOException
    {
        final String line = values.length == 0 ? format : String.format(Locale.ROOT, format, values);
        System.out.println(line);
        Files.createDirectories(FILE.getParent());
        Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
