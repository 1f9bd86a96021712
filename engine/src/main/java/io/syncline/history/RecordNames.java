package io.syncline.history;

import org.agrona.collections.Object2IntHashMap;

import java.util.ArrayList;
import java.util.List;

/**
 * Numbers for the record ids that {@code verify produce} gives: a run and a count, "3f09c2-17". A number is 8 bytes
 * where a string is 60, and the run takes its place in the upper bits. Any other text gets a run of its own.
 */
public final class RecordNames implements HistoryNames
{
    private static final int COUNT_BITS = 40;
    private static final int COUNT_DIGITS_MAX = 12;
    private static final int NONE = -1;

    private final Object2IntHashMap<String> runs = new Object2IntHashMap<>(NONE);
    private final List<String> names = new ArrayList<>();
    private String lastRun;
    private int lastNumber;

    /**
     * @param name of a record; null for a record without an id
     * @return a number for it, the same for the same name; {@link HistoryChecker#NULL_ID} for null
     */
    public long idOf(final String name)
    {
        if (name == null)
        {
            return HistoryChecker.NULL_ID;
        }
        final int dash = name.lastIndexOf('-');
        final long count = dash < 0 ? NONE : count(name, dash + 1);
        return count < 0 ? (long)run(name) << COUNT_BITS | (1L << COUNT_BITS) - 1 :
            (long)run(name, dash) << COUNT_BITS | count;
    }

    @Override
    public String record(final long id)
    {
        if (id < 0)
        {
            return "without an id";
        }
        final String run = names.get((int)(id >> COUNT_BITS));
        final long count = id & (1L << COUNT_BITS) - 1;
        return count == (1L << COUNT_BITS) - 1 ? run : run + "-" + count;
    }

    private int run(final String name, final int length)
    {
        if (lastRun == null || lastRun.length() != length || !name.startsWith(lastRun))
        {
            lastRun = name.substring(0, length);
            lastNumber = run(lastRun);
        }
        return lastNumber;
    }

    private int run(final String run)
    {
        int number = runs.getValue(run);
        if (number == NONE)
        {
            number = names.size();
            names.add(run);
            runs.put(run, number);
        }
        return number;
    }

    private static long count(final String name, final int from)
    {
        final int digits = name.length() - from;
        if (digits < 1 || digits > COUNT_DIGITS_MAX || digits > 1 && name.charAt(from) == '0')
        {
            return NONE;
        }
        long count = 0;
        for (int i = from; i < name.length(); i++)
        {
            final int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9)
            {
                return NONE;
            }
            count = count * 10 + digit;
        }
        return count < (1L << COUNT_BITS) - 1 ? count : NONE;
    }
}
