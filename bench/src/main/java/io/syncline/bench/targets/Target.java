package io.syncline.bench.targets;

import io.syncline.bench.Transceiver;

import java.util.List;
import java.util.function.Supplier;

/** What the load is aimed at: a system that was started for a run, or that runs already. Belongs to the rig's thread. */
public interface Target extends AutoCloseable
{
    /** @return a name for the reports, with what matters of the configuration */
    String title();

    /**
     * @param load that comes
     * @return a client of the system, not opened; one at a time, each closed before the next
     */
    Transceiver transceiver(Load load);

    /** @return processes of the system besides this one, whose CPU time counts */
    default List<Long> pids()
    {
        return List.of();
    }

    /** @return true when the system has no threads of its own and is turned by every poll of its transceiver */
    default boolean isTurnedByLoad()
    {
        return false;
    }

    /**
     * Finds the leader of the loaded partition, so that it can be ended at once later.
     *
     * @return ends it without warning, as SIGKILL does, from any thread; says what was killed, for the reports
     */
    default Supplier<String> leaderKill()
    {
        throw new IllegalArgumentException(title() + ": has no leader that can be killed");
    }

    /** Stops what was started for the run and deletes what it left behind. */
    @Override
    void close();
}
