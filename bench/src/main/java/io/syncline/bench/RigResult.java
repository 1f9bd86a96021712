package io.syncline.bench;

import org.HdrHistogram.Histogram;

import java.util.List;
import java.util.Map;

/**
 * What a run showed, warm-up excluded. Latencies in nanoseconds.
 *
 * @param name      of the transceiver
 * @param response  acknowledged minus due
 * @param service   acknowledged minus sent
 * @param delivered delivered minus due; empty when nothing reads the records back
 * @param stages    what the system measured of itself, by tag; empty when it does not
 * @param bands     its stages added up by how long the records took; empty when it does not
 * @param timeline  acknowledgements over time
 * @param sent      records
 * @param acked     records
 * @param failed    records
 * @param elapsedNs from the first due record to the last acknowledgement
 * @param missed    why the run does not count, or null
 * @param cpuNs     CPU time of every process that took part
 * @param killed    what was killed during the run, or null
 */
public record RigResult(
    String name,
    Histogram response,
    Histogram service,
    Histogram delivered,
    Map<String, Histogram> stages,
    List<StageBands.Band> bands,
    Timeline timeline,
    long sent,
    long acked,
    long failed,
    long elapsedNs,
    String missed,
    long cpuNs,
    String killed)
{
    /**
     * @param newCpuNs  CPU time
     * @param newKilled what was killed, or null
     * @return the same with what was seen from outside
     */
    public RigResult observed(final long newCpuNs, final String newKilled)
    {
        return new RigResult(name, response, service, delivered, stages, bands, timeline, sent, acked, failed, elapsedNs, missed,
            newCpuNs, newKilled);
    }

    /** @return CPU seconds for a million acknowledged records */
    public double cpuSecondsPerMillion()
    {
        return acked == 0 ? 0 : cpuNs / 1e3 / acked;
    }

    /** @return acknowledged records a second */
    public double throughput()
    {
        return elapsedNs == 0 ? 0 : acked * 1e9 / elapsedNs;
    }
}
