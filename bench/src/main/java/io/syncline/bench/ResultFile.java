package io.syncline.bench;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A run that {@link HistogramFiles} wrote, read again. */
final class ResultFile
{
    private final Path path;

    private ResultFile(final Path path)
    {
        this.path = path;
    }

    /**
     * @param path any of a run's files, their common path without the endings, or a directory that holds one run
     * @return the run
     */
    static ResultFile of(final Path path) throws IOException
    {
        if (Files.isDirectory(path))
        {
            final List<ResultFile> runs = in(path);
            if (runs.size() != 1)
            {
                throw new IllegalArgumentException(path + " holds " + runs.size() + " runs (.hlog files), not one: name a file");
            }
            return runs.get(0);
        }
        final Path common = path.resolveSibling(path.getFileName().toString().replaceAll("\\.(hlog|hgrm|json|html)$", ""));
        if (!Files.exists(withEnding(common, ".hlog")))
        {
            throw new IllegalArgumentException("no run at " + path + ": there is no " + withEnding(common, ".hlog"));
        }
        return new ResultFile(common);
    }

    /** @return every run in a directory, by name */
    static List<ResultFile> in(final Path directory) throws IOException
    {
        try (Stream<Path> files = Files.list(directory))
        {
            return files.filter((file) -> file.toString().endsWith(".hlog")).sorted()
                .map((file) -> new ResultFile(file.resolveSibling(file.getFileName().toString().replace(".hlog", "")))).toList();
        }
    }

    /**
     * @param tag of a histogram
     * @return it, in nanoseconds; empty when the run has none of that tag
     */
    Histogram histogram(final String tag) throws IOException
    {
        final Histogram all = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, 3);
        try (HistogramLogReader reader = new HistogramLogReader(withEnding(path, ".hlog").toFile()))
        {
            while (reader.hasNext())
            {
                if (reader.nextIntervalHistogram() instanceof Histogram histogram && tag.equals(histogram.getTag()))
                {
                    all.add(histogram);
                }
            }
        }
        return all;
    }

    /** @return the figures in the run's .json by their path, such as {@code responseUs.p50} */
    Map<String, String> figures() throws IOException
    {
        return Figures.read(withEnding(path, ".json"));
    }

    /** @return the run missed its rate or lost a record */
    boolean isFailed()
    {
        return path.getFileName().toString().endsWith("-FAIL");
    }

    @Override
    public String toString()
    {
        return path.toString();
    }

    private static Path withEnding(final Path path, final String ending)
    {
        return path.resolveSibling(path.getFileName() + ending);
    }
}
