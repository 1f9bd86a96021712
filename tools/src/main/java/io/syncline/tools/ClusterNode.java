package io.syncline.tools;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * One node of a cluster's directory, with everything of it in a directory of its own:
 * <pre>
 *   node-ID/node.properties   its configuration
 *           data/             log.dir
 *           stdout.log        what it printed, over all its starts
 *           stderr.log
 *           pid               number and start of its process, while it has one
 * </pre>
 *
 * @param id        {@code node.id}
 * @param roles     {@code process.roles}, sorted
 * @param directory of the node
 */
record ClusterNode(int id, List<String> roles, Path directory)
{
    Path config()
    {
        return directory.resolve("node.properties");
    }

    Path data()
    {
        return directory.resolve("data");
    }

    Path output()
    {
        return directory.resolve("stdout.log");
    }

    Path errors()
    {
        return directory.resolve("stderr.log");
    }

    boolean isBroker()
    {
        return roles.contains(NodeConfiguration.BROKER);
    }

    boolean isController()
    {
        return roles.contains(NodeConfiguration.CONTROLLER);
    }

    File controllerDirectory()
    {
        return ControllerMember.directory(data().toFile());
    }

    /** @return the process it was last started as, dead or alive; null where it never was, or was ended by {@code cluster} */
    ProcessIdentity process()
    {
        try
        {
            return ProcessIdentity.parse(Files.readString(pidFile()));
        }
        catch (final NoSuchFileException ex)
        {
            return null;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + pidFile(), ex);
        }
    }

    /** Remembers the process in one step, so that nobody reads half of it. */
    void process(final ProcessIdentity process)
    {
        try
        {
            final Path next = directory.resolve("pid.new");
            Files.writeString(next, process + "\n", StandardCharsets.US_ASCII);
            Files.move(next, pidFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot write " + pidFile(), ex);
        }
    }

    /** Forgets the process, which is dead. */
    void forgetProcess()
    {
        try
        {
            Files.deleteIfExists(pidFile());
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot delete " + pidFile(), ex);
        }
    }

    /** @return what its process is doing */
    ProcessIdentity.State state()
    {
        final ProcessIdentity process = process();
        return process == null ? ProcessIdentity.State.DEAD : process.state();
    }

    private Path pidFile()
    {
        return directory.resolve("pid");
    }
}
