package io.syncline.tools;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** The {@code .properties} file of a node. */
final class NodeFile
{
    private NodeFile()
    {
    }

    /**
     * @param file to read
     * @return its keys
     * @throws CommandFailure in one line when it cannot be read, or says something twice
     */
    static Properties load(final Path file)
    {
        if (!Files.exists(file))
        {
            throw CommandFailure.usage("there is no file " + file + ": name the node's properties file (--config)");
        }
        if (!Files.isRegularFile(file))
        {
            throw CommandFailure.usage(file + " is not a file: name the node's properties file (--config)");
        }
        final Properties properties = new OnceProperties(file);
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8))
        {
            properties.load(reader);
            return properties;
        }
        catch (final CharacterCodingException ex)
        {
            throw new CommandFailure(ExitCode.USAGE, file + " is not text in UTF-8: write it anew (--config)", ex);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new CommandFailure(ExitCode.USAGE,
                file + " is no properties file: " + ex.getMessage() + "; a backslash is written twice (--config)", ex);
        }
        catch (final IOException ex)
        {
            throw new CommandFailure(
                ExitCode.USAGE, "cannot read " + file + ": " + ex + "; check its owner and mode (--config)", ex);
        }
    }

    /** Refuses a key that stands twice, where it would not be clear which of the values holds. */
    private static final class OnceProperties extends Properties
    {
        private final transient Path file;

        private OnceProperties(final Path file)
        {
            this.file = file;
        }

        @Override
        public synchronized Object put(final Object key, final Object value)
        {
            if (containsKey(key))
            {
                throw CommandFailure.usage(key + " stands twice in " + file + ", as '" + get(key) + "' and '" + value +
                    "': keep one");
            }
            return super.put(key, value);
        }
    }
}
