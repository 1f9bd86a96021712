package io.syncline.journal;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds out at start what would otherwise fail deep inside a library: the packages of the JDK that Aeron, Agrona,
 * Chronicle and the CRC reach into must have been opened on the command line. {@code tools/bin/jvm.flags} is the list
 * to start with.
 */
public final class JvmFlags
{
    private static final String[] OPENED = {
        "jdk.internal.misc", "java.lang", "java.lang.reflect", "java.nio.channels.spi", "java.util.zip", "sun.nio.ch" };
    private static final String[] EXPORTED = { "jdk.internal.ref", "sun.nio.ch" };

    private JvmFlags()
    {
    }

    /** @return the flags this JVM was started without, as they are written on a command line; empty when all is well */
    public static List<String> missing()
    {
        final Module base = Object.class.getModule();
        final Module own = JvmFlags.class.getModule();
        final List<String> flags = new ArrayList<>();
        for (final String name : OPENED)
        {
            if (!base.isOpen(name, own))
            {
                flags.add("--add-opens=java.base/" + name + "=ALL-UNNAMED");
            }
        }
        for (final String name : EXPORTED)
        {
            if (!base.isExported(name, own))
            {
                flags.add("--add-exports=java.base/" + name + "=ALL-UNNAMED");
            }
        }
        return flags;
    }

    /**
     * Call it before anything else of a node starts.
     *
     * @throws IllegalStateException with one message that names every missing flag
     */
    public static void check()
    {
        final List<String> flags = missing();
        if (!flags.isEmpty())
        {
            throw new IllegalStateException("this JVM was started without " + String.join(" ", flags) +
                "; add them to the java command, or start it with @tools/bin/jvm.flags");
        }
    }
}
