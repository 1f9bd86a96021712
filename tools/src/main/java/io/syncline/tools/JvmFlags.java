package io.syncline.tools;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks whether this JVM was started as Aeron and Chronicle need it, before either is loaded: without that they fail
 * deep inside and say nothing of a flag. The list is the file the launcher passes, {@code tools/bin/jvm.flags}.
 */
final class JvmFlags
{
    private static final String RESOURCE = "jvm.flags";
    private static final String TO_ALL_UNNAMED = "=ALL-UNNAMED";

    private JvmFlags()
    {
    }

    /** @return every flag of the list, in its order */
    static List<String> required()
    {
        try (InputStream in = JvmFlags.class.getResourceAsStream(RESOURCE))
        {
            if (in == null)
            {
                throw new IllegalStateException(
                    "resource " + RESOURCE + " is missing beside " + JvmFlags.class.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                .map(String::trim)
                .filter((line) -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        }
        catch (final IOException ex)
        {
            throw new IllegalStateException("resource " + RESOURCE + " cannot be read", ex);
        }
    }

    /** @return those flags of the list that this JVM lacks, in the list's order */
    static List<String> missing()
    {
        final List<String> missing = new ArrayList<>();
        for (final String flag : required())
        {
            if (!isGiven(flag))
            {
                missing.add(flag);
            }
        }
        return missing;
    }

    /** Fails with one message that names every missing flag. */
    static void check()
    {
        final List<String> missing = missing();
        if (!missing.isEmpty())
        {
            throw new CommandFailure(ExitCode.USAGE, "this JVM lacks flags that Aeron and Chronicle need: " +
                String.join(" ", missing) + " (start with tools/bin/syncline, or pass java @tools/bin/jvm.flags)");
        }
    }

    private static boolean isGiven(final String flag)
    {
        if (flag.startsWith("--add-opens=") || flag.startsWith("--add-exports="))
        {
            final String target = flag.substring(flag.indexOf('=') + 1, flag.length() - TO_ALL_UNNAMED.length());
            final String packageName = target.substring(target.indexOf('/') + 1);
            final Module base = Object.class.getModule();
            final Module own = JvmFlags.class.getModule();
            return flag.startsWith("--add-opens=") ? base.isOpen(packageName, own) : base.isExported(packageName, own);
        }
        if (flag.startsWith("-D"))
        {
            final int equals = flag.indexOf('=');
            return flag.substring(equals + 1).equals(System.getProperty(flag.substring(2, equals)));
        }
        throw new IllegalStateException(
            RESOURCE + " holds '" + flag + "', which is none of -D, --add-opens, --add-exports");
    }
}
