package io.syncline.tools;

import io.syncline.broker.BrokerConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The README says what is so. */
@Timeout(120)
class ReadmeTest
{
    private final String readme = read(Repository.file("README.md"));

    @TempDir
    private Path dir;

    @Test
    void shouldShowJavaThatCompiles() throws IOException
    {
        final Matcher blocks = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(readme);
        final List<Path> sources = new ArrayList<>();
        while (blocks.find())
        {
            final Matcher name = Pattern.compile("class (\\w+)").matcher(blocks.group(1));
            assertThat(name.find()).as(blocks.group(1)).isTrue();
            sources.add(Files.writeString(dir.resolve(name.group(1) + ".java"), blocks.group(1)));
        }
        assertThat(sources).isNotEmpty();

        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final ByteArrayOutputStream messages = new ByteArrayOutputStream();
        final List<String> args = new ArrayList<>(List.of(
            "-proc:none", "-Xlint:all,-path", "-Werror", "-d", dir.toString(),
            "-cp", System.getProperty("java.class.path")));
        sources.forEach((source) -> args.add(source.toString()));
        final int exitCode = compiler.run(null, messages, messages, args.toArray(new String[0]));
        assertThat(exitCode).as(messages.toString(StandardCharsets.UTF_8)).isZero();
    }

    @Test
    void shouldNameFilesThatExistInTheLifeOfARecord() throws IOException
    {
        final List<String> sources = files("src/main/java/", ".java");
        final Matcher names = Pattern.compile("`(\\w+/[\\w-]+\\.java)`").matcher(readme);
        int count = 0;
        while (names.find())
        {
            final String name = "io/syncline/" + names.group(1);
            assertThat(sources).as(name).anyMatch((source) -> source.endsWith(name));
            count++;
        }
        assertThat(count).isGreaterThanOrEqualTo(10);
    }

    @Test
    void shouldNameTestsThatExist() throws IOException
    {
        final List<String> tests = files("src/test/java/", ".java");
        final Matcher names = Pattern.compile("`(\\w+Test)`").matcher(readme);
        while (names.find())
        {
            final String name = "/" + names.group(1) + ".java";
            assertThat(tests).as(name).anyMatch((test) -> test.endsWith(name));
        }
    }

    @Test
    void shouldListEveryKeyOfTheConfigurationWithItsDefault()
    {
        final String table = readme.substring(readme.indexOf("## Configuration"), readme.indexOf("## JVM flags"));
        final Matcher rows = Pattern.compile("(?m)^\\| `([a-z.]+)` \\| (?:`([^`]*)` )?\\|").matcher(table);
        final Map<String, String> listed = new LinkedHashMap<>();
        while (rows.find())
        {
            listed.put(rows.group(1), rows.group(2) == null ? "" : rows.group(2));
        }
        final Map<String, String> known = new LinkedHashMap<>();
        BrokerConfiguration.KEYS.forEach((key) -> known.put(key, BrokerConfiguration.defaultOf(key)));
        assertThat(listed).containsExactlyInAnyOrderEntriesOf(known);
    }

    private static List<String> files(final String below, final String suffix) throws IOException
    {
        final List<String> files = new ArrayList<>();
        for (final String module : List.of("transport", "engine", "tools", "bench"))
        {
            final Path root = Repository.file(module).resolve(below);
            try (Stream<Path> paths = Files.isDirectory(root) ? Files.walk(root) : Stream.empty())
            {
                paths.map((path) -> path.toString().replace('\\', '/'))
                    .filter((path) -> path.endsWith(suffix))
                    .forEach(files::add);
            }
        }
        return files;
    }

    private static String read(final Path path)
    {
        try
        {
            return Files.readString(path);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
