package io.syncline.broker;

import java.util.concurrent.TimeUnit;

/** Durations and sizes as configuration writes them: {@code 200ms}, {@code 5s}, {@code 64m}. */
public final class Units
{
    private Units()
    {
    }

    /**
     * @param key  for the message
     * @param text a whole number followed by {@code us}, {@code ms}, {@code s}, {@code m} or {@code h}
     * @return nanoseconds
     * @throws IllegalArgumentException with the key, the text and the units
     */
    public static long durationNs(final String key, final String text)
    {
        final int split = endOfNumber(text);
        final TimeUnit unit = switch (text.substring(split).trim())
        {
            case "us" -> TimeUnit.MICROSECONDS;
            case "ms" -> TimeUnit.MILLISECONDS;
            case "s" -> TimeUnit.SECONDS;
            case "m" -> TimeUnit.MINUTES;
            case "h" -> TimeUnit.HOURS;
            default -> null;
        };
        if (split == 0 || split > 15 || unit == null)
        {
            throw new IllegalArgumentException(
                key + "=" + text + " is not a duration: write a whole number and us, ms, s, m or h");
        }
        return unit.toNanos(Long.parseLong(text.substring(0, split)));
    }

    /**
     * @param key  for the message
     * @param text a whole number, perhaps followed by {@code k}, {@code m} or {@code g}
     * @return bytes
     * @throws IllegalArgumentException with the key, the text and the units
     */
    public static long sizeBytes(final String key, final String text)
    {
        final int split = endOfNumber(text);
        final int shift = switch (text.substring(split).trim().toLowerCase(java.util.Locale.ROOT))
        {
            case "" -> 0;
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> -1;
        };
        if (split == 0 || split > 12 || shift < 0)
        {
            throw new IllegalArgumentException(
                key + "=" + text + " is not a size: write a whole number and nothing, k, m or g");
        }
        return Long.parseLong(text.substring(0, split)) << shift;
    }

    /**
     * @param valueNs nanoseconds
     * @return the duration in the largest unit that keeps it whole
     */
    public static String duration(final long valueNs)
    {
        if (valueNs % 1_000 != 0)
        {
            return valueNs + "ns";
        }
        if (valueNs % 1_000_000 != 0)
        {
            return valueNs / 1_000 + "us";
        }
        return valueNs % 1_000_000_000 != 0 ? valueNs / 1_000_000 + "ms" : valueNs / 1_000_000_000 + "s";
    }

    private static int endOfNumber(final String text)
    {
        int i = 0;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9')
        {
            i++;
        }
        return i;
    }
}
