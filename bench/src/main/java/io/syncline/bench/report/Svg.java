package io.syncline.bench.report;

import java.util.Locale;

/** Text of one drawing, in its own coordinates: wide as it is asked to be, scaled by the page. */
final class Svg
{
    private final StringBuilder text = new StringBuilder();

    Svg(final int width, final int height, final String title)
    {
        add("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n", width, height, escape(title));
    }

    static String escape(final String plain)
    {
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    Svg line(final double x1, final double y1, final double x2, final double y2, final String style)
    {
        return add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>%n", x1, y1, x2, y2, style);
    }

    Svg text(final double x, final double y, final String style, final String anchor, final String words)
    {
        return add("<text x=\"%.1f\" y=\"%.1f\" class=\"%s\" text-anchor=\"%s\">%s</text>%n", x, y, style, anchor, escape(words));
    }

    /** A rectangle with words that show while the pointer is on it. */
    Svg box(final double x, final double y, final double width, final double height, final String colour, final String words)
    {
        return add("<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" fill=\"%s\"><title>%s</title></rect>%n",
            x, y, Math.max(0, width), Math.max(0, height), colour, escape(words));
    }

    Svg path(final CharSequence points, final String colour)
    {
        return add("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n", points, colour);
    }

    Svg add(final String format, final Object... values)
    {
        text.append(String.format(Locale.ROOT, format, values));
        return this;
    }

    String end()
    {
        return text + "</svg>\n";
    }
}
