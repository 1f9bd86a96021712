package io.syncline.bench;

/**
 * One run.
 *
 * @param rate          records a second; 0 as fast as the system takes them
 * @param lengthBytes   of each value
 * @param warmupNs      load before anything is recorded
 * @param durationNs    load that is recorded
 * @param graceNs       how long to wait for the last records after that
 * @param maxInFlight   records sent and not heard of at most, a power of two
 */
public record RigConfiguration(
    long rate, int lengthBytes, long warmupNs, long durationNs, long graceNs, int maxInFlight)
{
    /** Checks what can be checked. */
    public RigConfiguration
    {
        if (rate < 0 || lengthBytes < 0 || durationNs <= 0 || warmupNs < 0)
        {
            throw new IllegalArgumentException("rate " + rate + ", size " + lengthBytes + ", duration " + durationNs +
                " ns, warm-up " + warmupNs + " ns: none can be negative and the duration not zero");
        }
        if (Integer.bitCount(maxInFlight) != 1)
        {
            throw new IllegalArgumentException("maxInFlight " + maxInFlight + " is not a power of two");
        }
    }
}
