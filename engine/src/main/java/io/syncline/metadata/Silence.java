package io.syncline.metadata;

import java.util.ArrayList;
import java.util.List;

/**
 * Reports of silence about one partition's leader (R5.1) and when leadership last moved because of them. Immutable.
 *
 * @param leaderEpoch the reports are about
 * @param reports     one for each reporter
 * @param movesMs     cluster times of the latest moves, oldest first
 */
record Silence(int leaderEpoch, List<Report> reports, List<Long> movesMs)
{
    /** A report older than this no longer counts: by then the leader's session has ended, or it was heard again. */
    static final long REPORT_VALID_MS = 2_000;
    /** Moves by silence of one partition within {@link #MOVE_WINDOW_MS}, at most. */
    static final int MAX_MOVES = 3;
    /** See {@link #MAX_MOVES}. */
    static final long MOVE_WINDOW_MS = 60_000;

    static final Silence NONE = new Silence(-1, List.of(), List.of());

    Silence
    {
        reports = List.copyOf(reports);
        movesMs = List.copyOf(movesMs);
    }

    /**
     * @param reporter broker id
     * @param timeMs   cluster time of its report
     */
    record Report(int reporter, long timeMs)
    {
    }

    Silence withReport(final int reporter, final int epoch, final long timeMs)
    {
        final List<Report> kept = new ArrayList<>();
        if (epoch == leaderEpoch)
        {
            for (final Report report : reports)
            {
                if (report.reporter() != reporter)
                {
                    kept.add(report);
                }
            }
        }
        kept.add(new Report(reporter, timeMs));
        return new Silence(epoch, kept, movesMs);
    }

    Silence withMove(final long timeMs)
    {
        final List<Long> moves = new ArrayList<>(movesMs);
        moves.add(timeMs);
        return new Silence(leaderEpoch, List.of(), moves.subList(Math.max(0, moves.size() - MAX_MOVES), moves.size()));
    }

    /** @return cluster time of the reporter's report of this epoch, -1 for none */
    long reportedMs(final int reporter, final int epoch)
    {
        if (epoch == leaderEpoch)
        {
            for (final Report report : reports)
            {
                if (report.reporter() == reporter)
                {
                    return report.timeMs();
                }
            }
        }
        return -1;
    }

    boolean hasReported(final int reporter, final int epoch, final long nowMs)
    {
        final long reportedMs = reportedMs(reporter, epoch);
        return reportedMs >= 0 && nowMs - reportedMs <= REPORT_VALID_MS;
    }

    boolean mayMove(final long nowMs)
    {
        return movesMs.size() < MAX_MOVES || nowMs - movesMs.get(0) > MOVE_WINDOW_MS;
    }
}
