package io.syncline.bench.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sampled stacks, merged from the root: a node for each frame that was reached in the same way. */
public final class Stacks
{
    private final String frame;
    private final Map<String, Stacks> callees = new TreeMap<>();
    private long samples;

    /**
     * @param frame name of the root
     */
    public Stacks(final String frame)
    {
        this.frame = frame;
    }

    /**
     * Adds a sample.
     *
     * @param frames outermost first, below this one
     */
    public void add(final List<String> frames)
    {
        Stacks node = this;
        node.samples++;
        for (final String next : frames)
        {
            node = node.callees.computeIfAbsent(next, Stacks::new);
            node.samples++;
        }
    }

    /** @return name */
    public String frame()
    {
        return frame;
    }

    /** @return samples in this frame and what it called */
    public long samples()
    {
        return samples;
    }

    /** @return what it called, the most frequent first */
    public List<Stacks> callees()
    {
        final List<Stacks> sorted = new ArrayList<>(callees.values());
        sorted.sort(Comparator.comparingLong((Stacks node) -> -node.samples));
        return sorted;
    }

    /** @return a line a stack, frames by semicolons and then the count: what flame graph tools read */
    public String collapsed()
    {
        final StringBuilder text = new StringBuilder();
        callees.values().forEach((callee) -> callee.collapse("", text));
        return text.toString();
    }

    private void collapse(final String above, final StringBuilder text)
    {
        final String here = above.isEmpty() ? frame : above + ";" + frame;
        final long below = callees.values().stream().mapToLong(Stacks::samples).sum();
        if (samples > below)
        {
            text.append(here).append(' ').append(samples - below).append('\n');
        }
        callees.values().forEach((callee) -> callee.collapse(here, text));
    }
}
