package io.syncline.controller;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/**
 * Whose directory this is: a member that took another's log for its own would give votes away that are not its to give.
 * Also tells tools where the member's counters are.
 *
 * @param memberId           the member's {@code node.id}
 * @param aeronDirectoryName of the media driver it runs on
 * @param aeronClusterId     number of the Aeron cluster, which tells members of one media driver apart
 */
record ControllerIdentity(int memberId, String aeronDirectoryName, int aeronClusterId)
{
    private static final String FILE_NAME = "member.properties";
    private static final String MEMBER_ID = "node.id";
    private static final String AERON_DIR = "aeron.dir";
    private static final String AERON_CLUSTER_ID = "aeron.cluster.id";

    /**
     * @param directory of a member
     * @return what was saved there, or null where no member has lived yet
     */
    static ControllerIdentity load(final File directory)
    {
        final Path file = new File(directory, FILE_NAME).toPath();
        final Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file))
        {
            properties.load(in);
            return new ControllerIdentity(
                Integer.parseInt(properties.getProperty(MEMBER_ID, "")),
                properties.getProperty(AERON_DIR, ""),
                Integer.parseInt(properties.getProperty(AERON_CLUSTER_ID, "0")));
        }
        catch (final NoSuchFileException ex)
        {
            return null;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + file, ex);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new IllegalStateException(file + " is damaged (" + ex.getMessage() + "): restore it, or remove the directory " +
                "so that the member comes back from the other members", ex);
        }
    }

    /** Saves this in place of what was there, the directory being locked; whole or not at all. */
    void save(final File directory)
    {
        final Path file = new File(directory, FILE_NAME).toPath();
        final Path next = new File(directory, FILE_NAME + ".new").toPath();
        final Properties properties = new Properties();
        properties.setProperty(MEMBER_ID, Integer.toString(memberId));
        properties.setProperty(AERON_DIR, aeronDirectoryName);
        properties.setProperty(AERON_CLUSTER_ID, Integer.toString(aeronClusterId));
        try
        {
            try (OutputStream out = Files.newOutputStream(next))
            {
                properties.store(out, "Written by this controller at every start.");
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot write " + file, ex);
        }
    }

    /** Refuses a directory in which another member lived. */
    void checkAgainst(final ControllerIdentity saved, final File directory)
    {
        if (saved != null && saved.memberId != memberId)
        {
            throw new IllegalStateException("controller directory " + directory + " belongs to node.id=" + saved.memberId +
                ", not to node.id=" + memberId + ": correct node.id or log.dir");
        }
    }
}
