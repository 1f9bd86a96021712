package io.syncline.tools;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Makes the demo's input a file that can be read twice, and refuses what cannot be produced before anything starts. */
final class DemoInput
{
    private static final String SAMPLE = "sample.csv";

    private DemoInput()
    {
    }

    /**
     * @param input           path given by the user, or null for the sample that ships
     * @param directory       where what is not a plain file is copied to
     * @param maxRecordLength longest line accepted
     * @return its lines, at least one
     * @throws CommandFailure when it cannot be read, holds nothing, or a line is too long
     */
    static LineFile open(final Path input, final Path directory, final int maxRecordLength)
    {
        final String name = input == null ? "the sample" : input.toString();
        final LineFile lines;
        try
        {
            lines = LineFile.scan(input != null && Files.isRegularFile(input) ? input : copy(input, directory));
        }
        catch (final IOException ex)
        {
            throw new CommandFailure(ExitCode.USAGE, "cannot read " + name + ": " + reason(ex) + " (--input)", ex);
        }
        if (lines.lines() == 0)
        {
            throw CommandFailure.usage(name + " holds no line (--input)");
        }
        if (lines.longestLength() > maxRecordLength)
        {
            throw CommandFailure.usage("line " + (lines.longestLine() + 1) + " of " + name + " has " +
                lines.longestLength() + " bytes; the largest record is " + maxRecordLength +
                " bytes (max.batch.bytes less its headers)");
        }
        return lines;
    }

    private static Path copy(final Path input, final Path directory) throws IOException
    {
        if (input != null && Files.isDirectory(input))
        {
            throw new IOException("it is a directory");
        }
        final Path copy = directory.resolve("input");
        try (InputStream in = input == null ?
            DemoInput.class.getResourceAsStream(SAMPLE) : Files.newInputStream(input))
        {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        }
        return copy;
    }

    private static String reason(final IOException ex)
    {
        return switch (ex.getClass().getSimpleName())
        {
            case "NoSuchFileException" -> "there is no such file";
            case "AccessDeniedException" -> "permission denied";
            default -> ex.getMessage();
        };
    }
}
