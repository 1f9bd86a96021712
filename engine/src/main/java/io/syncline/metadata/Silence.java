package io.syncline.metadata;

import java.util.ArrayList;
import java.util.List;

/**
 * Reports of silence about one partition's leader (R5.1) and the moves of leadership because of them. Immutable.
 * <p>
 * What has to be bounded is a link or a process that comes and goes: each time it comes back it may lead again, and
 * each time it goes leadership moves. Such a broker keeps its incarnation, and so a budget for each incarnation bounds
 * it. A process that died comes back with another incarnation and owes nothing for the one before it: real deaths,
 * however many, are answered at once.
 *
 * @param leaderEpoch the reports are about
 * @param reports     one for each reporter
 * @param moves       within the last {@link #MOVE_WINDOW_MS}, oldest first
 */
record Silence(int leaderEpoch, List<Report> reports, List<Move> moves)
{
    /** A report older than this no longer counts: by then the leader's session has ended, or it was heard again. */
    static final long REPORT_VALID_MS = 2_000;
    /** Moves of one partition by the silence of one incarnation of a broker within {@link #MOVE_WINDOW_MS}, at most. */
    static final int MAX_MOVES = 2;
    /** See {@link #MAX_MOVES}. */
    static final long MOVE_WINDOW_MS = 60_000;

    static final Silence NONE = new Silence(-1, List.of(), List.of());

    Silence
    {
        reports = List.copyOf(reports);
        moves = List.copyOf(moves);
    }

    /**
     * @param reporter broker id
     * @param timeMs   cluster time of its report
     */
    record Report(int reporter, long timeMs)
    {
    }

    /**
     * @param incarnation of the broker that was silent
     * @param timeMs      cluster time
     */
    record Move(long incarnation, long timeMs)
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
        return new Silence(epoch, kept, moves);
    }

    Silence withMove(final long incarnation, final long timeMs)
    {
        final List<Move> kept = new ArrayList<>();
        for (final Move move : moves)
        {
            if (timeMs - move.timeMs() <= MOVE_WINDOW_MS)
            {
                kept.add(move);
            }
        }
        kept.add(new Move(incarnation, timeMs));
        return new Silence(leaderEpoch, List.of(), kept);
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

    boolean mayMove(final long incarnation, final long nowMs)
    {
        int count = 0;
        for (final Move move : moves)
        {
            count += move.incarnation() == incarnation && nowMs - move.timeMs() <= MOVE_WINDOW_MS ? 1 : 0;
        }
        return count < MAX_MOVES;
    }
}
