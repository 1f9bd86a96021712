package io.syncline.doctor;

import io.aeron.CommonContext;
import io.aeron.exceptions.DriverTimeoutException;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A media driver's directory.
 *
 * @param path  of it
 * @param bytes in its files
 */
record AeronDirectory(Path path, long bytes)
{
    private static final long INITIALISED_WITHIN_MS = 10;
    private static final long ACTIVE_WITHIN_MS = TimeUnit.SECONDS.toMillis(10);

    /** @return those directly below a directory whose driver has not lived for ten seconds */
    static List<AeronDirectory> staleIn(final Machine machine, final Path parent)
    {
        final List<AeronDirectory> stale = new ArrayList<>();
        for (final Path path : machine.below(parent, 1))
        {
            if (isDead(path.resolve("cnc.dat").toFile()))
            {
                stale.add(new AeronDirectory(path, machine.below(path, 4).stream()
                    .filter(Files::isRegularFile).mapToLong((file) -> file.toFile().length()).sum()));
            }
        }
        return stale;
    }

    private static boolean isDead(final File cnc)
    {
        if (!cnc.isFile() || System.currentTimeMillis() - cnc.lastModified() < ACTIVE_WITHIN_MS)
        {
            return false;
        }
        try
        {
            // The first look waits no longer than this for a file that was never finished; the second is the answer.
            return !CommonContext.isDriverActive(cnc.getParentFile(), INITIALISED_WITHIN_MS, (message) -> {}) &&
                !CommonContext.isDriverActive(cnc.getParentFile(), ACTIVE_WITHIN_MS, (message) -> {});
        }
        catch (final DriverTimeoutException ex)
        {
            // Begun ten seconds ago or more, and never finished.
            return true;
        }
    }
}
