package io.syncline.simulator;

import java.util.zip.CRC32C;

/** What happened, as a hash always and as text where somebody reads it (I15). */
final class SimTrace
{
    private final CRC32C crc = new CRC32C();
    private final java.util.function.Consumer<String> out;
    private final SimClock clock;
    private long hash;
    private long events;

    /** @param out takes lines; null for the hash alone */
    SimTrace(final SimClock clock, final java.util.function.Consumer<String> out)
    {
        this.clock = clock;
        this.out = out;
    }

    boolean isRead()
    {
        return out != null;
    }

    void line(final String text)
    {
        if (out != null)
        {
            out.accept(String.format("%12.6f %s", clock.nowNs() / 1e9, text));
        }
        add(text.hashCode());
    }

    /** For what is too frequent to be read. */
    void add(final long value)
    {
        events++;
        hash = SimRandom.mix(hash ^ value) + clock.nowNs();
    }

    void add(final byte[] bytes)
    {
        crc.reset();
        crc.update(bytes, 0, bytes.length);
        add(crc.getValue());
    }

    long hash()
    {
        return hash;
    }

    long events()
    {
        return events;
    }
}
