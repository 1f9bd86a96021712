package io.syncline.bench.report;

import io.syncline.bench.profile.Stacks;

import java.util.Locale;

/** Stacks from the top down: a box is as wide as its share of the samples; what it called hangs below it. */
final class FlameChart
{
    private static final int WIDTH = 960;
    private static final int ROW = 17;
    private static final int MAX_DEPTH = 48;
    private static final double MIN_WIDTH = 0.6;
    private static final double CHARACTER = 6.1;

    private FlameChart()
    {
    }

    static String draw(final Stacks stacks)
    {
        final Svg svg = new Svg(WIDTH, Math.min(MAX_DEPTH, depth(stacks, 0)) * ROW + 4, "flame graph");
        frame(svg, stacks, 0, 0, stacks.samples());
        return svg.end();
    }

    private static int depth(final Stacks node, final int above)
    {
        int deepest = above + 1;
        for (final Stacks callee : node.callees())
        {
            deepest = Math.max(deepest, depth(callee, above + 1));
        }
        return deepest;
    }

    private static void frame(final Svg svg, final Stacks node, final double x, final int depth, final long all)
    {
        final double width = (double)node.samples() / all * WIDTH;
        if (width < MIN_WIDTH || depth >= MAX_DEPTH)
        {
            return;
        }
        svg.box(x, depth * ROW, width - 0.4, ROW - 1, colour(node.frame()), String.format(Locale.ROOT, "%s: %,d samples, %.1f %%",
            node.frame(), node.samples(), 100.0 * node.samples() / all));
        final String name = shorter(node.frame(), (int)((width - 4) / CHARACTER));
        if (!name.isEmpty())
        {
            svg.text(x + 3, depth * ROW + 12, "frame", "start", name);
        }
        double at = x;
        for (final Stacks callee : node.callees())
        {
            frame(svg, callee, at, depth + 1, all);
            at += (double)callee.samples() / all * WIDTH;
        }
    }

    /** Class and method say most: packages go first, then the end. */
    private static String shorter(final String frame, final int characters)
    {
        if (characters < 3)
        {
            return "";
        }
        final int method = frame.lastIndexOf('.');
        final int type = method < 0 ? -1 : frame.lastIndexOf('.', method - 1);
        final String plain = frame.length() <= characters || type < 0 ? frame : frame.substring(type + 1);
        return plain.length() <= characters ? plain : plain.substring(0, characters - 1) + "…";
    }

    private static String colour(final String frame)
    {
        return frame.startsWith("io.syncline") ? "#8fb8f0" :
            frame.startsWith("io.aeron") || frame.startsWith("org.agrona") ? "#f3c37a" :
            frame.startsWith("net.openhft") ? "#9fd3a8" :
            frame.startsWith("java") || frame.startsWith("jdk") || frame.startsWith("sun") ? "#c9d1d8" :
            frame.startsWith("[") || "all".equals(frame) || "slow records".equals(frame) ? "#e4e8ec" : "#eba79f";
    }
}
