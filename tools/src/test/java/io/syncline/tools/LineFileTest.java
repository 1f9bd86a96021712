package io.syncline.tools;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class LineFileTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldEndLinesAtNewlinesAndKeepEverythingElse() throws IOException
    {
        assertLines("a\r\n\nlast", "a\r", "", "last");
        assertLines("a\nb\n", "a", "b");
        assertLines("\n\n", "", "");
        assertLines("x", "x");
        assertLines("");
    }

    @Test
    void shouldReadLinesLongerThanItsBufferAndAcrossItsBounds() throws IOException
    {
        final Random random = new Random(17);
        final List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1000; i++)
        {
            expected.add("x".repeat(random.nextInt(2000)));
        }
        expected.set(500, "y".repeat(1_000_000));
        expected.set(501, "");
        assertLines(String.join("\n", expected) + "\n", expected.toArray(new String[0]));
    }

    @Test
    void shouldFindAnyLineInAnyOrder() throws IOException
    {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < 10_000; i++)
        {
            text.append("line ").append(i).append('\n');
        }
        final Path path = Files.writeString(dir.resolve("input"), text);
        final LineFile file = LineFile.scan(path);
        final Random random = new Random(23);
        try (LineFile.Cursor cursor = file.open())
        {
            for (int i = 0; i < 5_000; i++)
            {
                final int line = random.nextInt(10_000);
                assertThat(read(cursor, line)).isEqualTo("line " + line);
            }
        }
    }

    @Test
    void shouldKnowItsLongestLine() throws IOException
    {
        final LineFile file = LineFile.scan(Files.writeString(dir.resolve("input"), "ab\nabcd\nabc"));
        assertThat(file.longestLength()).isEqualTo(4);
        assertThat(file.longestLine()).isEqualTo(1);
    }

    private void assertLines(final String text, final String... expected) throws IOException
    {
        final LineFile file = LineFile.scan(Files.writeString(dir.resolve("input"), text));
        assertThat(file.lines()).isEqualTo(expected.length);
        final List<String> lines = new ArrayList<>();
        try (LineFile.Cursor cursor = file.open())
        {
            for (long line = 0; line < file.lines(); line++)
            {
                lines.add(read(cursor, line));
            }
        }
        assertThat(lines).isEqualTo(Arrays.asList(expected));
    }

    private static String read(final LineFile.Cursor cursor, final long line) throws IOException
    {
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        cursor.read(line, view);
        final byte[] bytes = new byte[view.capacity()];
        view.getBytes(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
