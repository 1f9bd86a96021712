package io.syncline.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * From send to ack as {@code verify produce} wrote them down.
 *
 * @param sentNs when each acknowledged record was sent, ascending
 * @param tookNs of the record at the same index
 */
record SystemLatencies(long[] sentNs, long[] tookNs)
{
    private static final Pattern LINE = Pattern.compile("\"event\":\"(send|ack)\".*?\"id\":\"?([^\",}]+).*\"tNs\":(\\d+)");

    /** @param file of one {@code verify produce}, which may go on writing to it */
    static SystemLatencies read(final Path file) throws IOException
    {
        final Map<String, Long> open = new HashMap<>();
        final List<long[]> pairs = new ArrayList<>();
        try (Stream<String> lines = Files.lines(file))
        {
            lines.forEach((line) ->
            {
                final Matcher matcher = LINE.matcher(line);
                if (matcher.find())
                {
                    final long tNs = Long.parseLong(matcher.group(3));
                    final Long sent = "send".equals(matcher.group(1)) ?
                        open.put(matcher.group(2), tNs) : open.remove(matcher.group(2));
                    if (sent != null && "ack".equals(matcher.group(1)))
                    {
                        pairs.add(new long[]{sent, tNs - sent});
                    }
                }
            });
        }
        pairs.sort((left, right) -> Long.compare(left[0], right[0]));
        return new SystemLatencies(
            pairs.stream().mapToLong((pair) -> pair[0]).toArray(), pairs.stream().mapToLong((pair) -> pair[1]).toArray());
    }

    /**
     * @param fromNs     inclusive, of the monotonic clock
     * @param toNs       exclusive
     * @param percentile from 0 to 100
     * @return microseconds of the records sent in between, -1 where there are none
     */
    long us(final long fromNs, final long toNs, final double percentile)
    {
        final int from = indexOf(fromNs);
        final int to = indexOf(toNs);
        if (to <= from)
        {
            return -1;
        }
        final long[] sorted = Arrays.copyOfRange(tookNs, from, to);
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int)Math.ceil(percentile / 100 * sorted.length) - 1)] / 1000;
    }

    private int indexOf(final long timeNs)
    {
        final int found = Arrays.binarySearch(sentNs, timeNs);
        return found < 0 ? -found - 1 : found;
    }
}
