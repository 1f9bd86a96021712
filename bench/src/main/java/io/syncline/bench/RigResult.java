package io.syncline.bench;

import org.HdrHistogram.Histogram;

import java.util.Map;

/**
 * What a run showed, warm-up excluded. Latencies in nanoseconds.
 *
 * @param name      of the transceiver
 * @param response  acknowledged minus due
 * @param service   acknowledged minus sent
 * @param delivered delivered minus due; empty when nothing reads the records back
 * @param stages    what the system measured of itself, by tag; empty when it does not
 * @param sent      records
 * @param acked     records
 * @param failed    records
 * @param elapsedNs from the first due record to the last acknowledgement
 * @param missed    why the run does not count, or null
 */
public record RigResult(
    String name,
    Histogram response,
    Histogram service,
    Histogram delivered,
    Map<String, Histogram> stages,
    long sent,
    long acked,
    long failed,
    long elapsedNs,
    String missed)
{
    /** @return acknowledged records a second */
    public double throughput()
    {
        return elapsedNs == 0 ? 0 : acked * 1e9 / elapsedNs;
    }
}
