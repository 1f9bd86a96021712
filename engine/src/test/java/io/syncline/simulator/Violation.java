package io.syncline.simulator;

/** An invariant does not hold. */
public final class Violation extends AssertionError
{
    private final String invariant;

    /**
     * @param invariant its name in PROTOCOL.md, such as I5
     * @param message   what was seen
     */
    public Violation(final String invariant, final String message)
    {
        super(invariant + ": " + message);
        this.invariant = invariant;
    }

    /** @return its name in PROTOCOL.md */
    public String invariant()
    {
        return invariant;
    }
}
