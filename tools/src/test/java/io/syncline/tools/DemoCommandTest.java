package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What the demo refuses, it refuses before anything starts, and leaves nothing behind. */
@Timeout(30)
class DemoCommandTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldRefuseWhatItCannotRead() throws IOException
    {
        assertUsage("--input", dir.resolve("missing").toString());
        assertUsage("--input", dir.toString());
    }

    @Test
    void shouldRefuseAnEmptyFile() throws IOException
    {
        assertUsage("--input", Files.createFile(dir.resolve("empty")).toString());
    }

    @Test
    void shouldRefuseALineLargerThanTheLargestRecord() throws IOException
    {
        final Path input = Files.writeString(
            dir.resolve("long"), "short\n" + "x".repeat(DemoOptions.MAX_RECORD_LENGTH + 1) + "\n");
        assertUsage("--input", input.toString());
    }

    @Test
    void shouldRefuseNumbersThatCannotWork() throws IOException
    {
        assertUsage("--brokers", "0");
        assertUsage("--partitions", "0");
        assertUsage("--rate", "-1");
        assertUsage("--min-isr", "4");
        assertUsage("--brokers", "2", "--min-isr", "3");
    }

    @Test
    void shouldNotTouchADirectoryThatHoldsSomething() throws IOException
    {
        final Path data = Files.createDirectory(dir.resolve("data"));
        final Path precious = Files.writeString(data.resolve("precious"), "mine");
        assertThat(Syncline.execute("demo", "--dir", data.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(precious).hasContent("mine");
    }

    private void assertUsage(final String... options) throws IOException
    {
        final Path data = dir.resolve("new");
        final String[] args = Stream.concat(
            Stream.of("demo", "--dir", data.toString()), Stream.of(options)).toArray(String[]::new);
        assertThat(Syncline.execute(args)).isEqualTo(ExitCode.USAGE);
        assertThat(data).doesNotExist();
    }
}
