package io.syncline.tools;

import java.io.PrintStream;
import java.util.function.Supplier;

/**
 * One line on standard error that is written over a few times a second while it is a terminal, and nothing at all
 * otherwise. Belongs to one thread.
 */
final class Progress
{
    private static final long INTERVAL_NS = 200_000_000L;
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintStream out = System.err;
    private final boolean isTerminal;
    private long nextNs;
    private boolean hasBegun;
    private boolean isLineOpen;

    Progress()
    {
        this(System.console() != null && System.getenv("TERM") != null && !"dumb".equals(System.getenv("TERM")));
    }

    Progress(final boolean isTerminal)
    {
        this.isTerminal = isTerminal;
    }

    /**
     * Shows where things stand, at most a few times a second.
     *
     * @param nowNs monotonic time
     * @param text  asked for only when it is shown
     */
    void update(final long nowNs, final Supplier<String> text)
    {
        if (isTerminal && (!hasBegun || nowNs - nextNs >= 0))
        {
            hasBegun = true;
            nextNs = nowNs + INTERVAL_NS;
            out.print(CLEAR_LINE + text.get());
            out.flush();
            isLineOpen = true;
        }
    }

    /**
     * Leaves a line standing.
     *
     * @param text of the line
     */
    void step(final String text)
    {
        if (isTerminal)
        {
            clear();
            out.println(text);
        }
    }

    /** Takes the line away. */
    void clear()
    {
        if (isLineOpen)
        {
            out.print(CLEAR_LINE);
            out.flush();
            isLineOpen = false;
        }
    }
}
