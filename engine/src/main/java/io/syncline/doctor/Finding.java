package io.syncline.doctor;

/**
 * What one check found.
 *
 * @param check    name
 * @param severity how bad it is
 * @param read     what was read, and where
 * @param why      it matters
 * @param fix      what to do; "" where nothing is to be done
 */
public record Finding(String check, Severity severity, String read, String why, String fix)
{
    /** How bad a finding is. */
    public enum Severity
    {
        /** As it should be. */
        OK,
        /** Worth knowing. */
        NOTE,
        /** Costs latency, or may. */
        WARNING,
        /** The node will fail, or its latency is ruined. */
        CRITICAL
    }

    static Finding ok(final String check, final String read, final String why)
    {
        return new Finding(check, Severity.OK, read, why, "");
    }

    /** One line for people. */
    @Override
    public String toString()
    {
        return String.format("%-8s %-13s %s: %s%s", severity, check, read, why, fix.isEmpty() ? "" : "; " + fix);
    }
}
