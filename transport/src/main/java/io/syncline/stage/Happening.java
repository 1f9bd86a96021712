package io.syncline.stage;

/** What happened at a node, for a slow record to be held against. */
public enum Happening
{
    /** The JVM stopped its threads to collect garbage. */
    GC("gc pause"),
    /** A log went on in its next segment, which housekeeping had prepared. */
    ROLL("segment roll"),
    /** A log went on in a segment that its data thread had to make first. */
    UNPREPARED_ROLL("unprepared segment roll"),
    /** An agent did not turn for longer than it should. */
    LATE_CYCLE("late cycle");

    private static final Happening[] ALL = values();

    private final String label;

    Happening(final String label)
    {
        this.label = label;
    }

    /** @return name for people */
    public String label()
    {
        return label;
    }

    static Happening at(final int index)
    {
        return index >= 0 && index < ALL.length ? ALL[index] : null;
    }
}
