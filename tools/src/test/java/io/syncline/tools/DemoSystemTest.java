package io.syncline.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(180)
class DemoSystemTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldKillTheLeaderAndVerifyEveryRecordOfEveryReplica() throws IOException
    {
        final Path data = dir.resolve("data");
        final SynclineProcess.Result result = SynclineProcess.run(
            dir, "", "demo", "--input", input(3000).toString(), "--format", "json", "--dir", data.toString(), "--keep");
        assertThat(result.exitCode()).as(result.errors()).isZero();
        assertThat(result.errors()).isEmpty();

        final Map<String, Object> json = parse(result.output());
        assertThat(json.keySet()).containsExactly(
            "records", "acked", "lost", "duplicated", "reordered", "failoverMs", "leaderBefore", "leaderAfter",
            "epochBefore", "epochAfter", "ackLatencyUs.p50", "ackLatencyUs.p90", "ackLatencyUs.p99",
            "ackLatencyUs.p99.9", "ackLatencyUs.max", "replicasIdentical", "verified");
        assertThat(json).containsEntry("records", 3000.0).containsEntry("acked", 3000.0)
            .containsEntry("lost", 0.0).containsEntry("duplicated", 0.0).containsEntry("reordered", 0.0)
            .containsEntry("replicasIdentical", true).containsEntry("verified", true);
        assertThat(json.get("leaderAfter")).isNotEqualTo(json.get("leaderBefore"));
        assertThat((double)json.get("epochAfter")).isGreaterThan((double)json.get("epochBefore"));
        assertThat((double)json.get("failoverMs")).isPositive();

        assertThat(Syncline.execute("log", "verify", "--dir", data.toString())).isEqualTo(ExitCode.OK);
    }

    @Test
    void shouldRunWithoutAKillOverSeveralPartitionsAndLeaveNothing() throws IOException
    {
        final Path data = dir.resolve("data");
        final SynclineProcess.Result result = SynclineProcess.run(dir, "", "demo", "--input", input(2000).toString(),
            "--no-kill", "--partitions", "3", "--format", "json", "--dir", data.toString());
        assertThat(result.exitCode()).as(result.errors()).isZero();
        assertThat(parse(result.output())).containsEntry("verified", true).containsEntry("failoverMs", 0.0);
        assertThat(data).doesNotExist();
    }

    private Path input(final int lines) throws IOException
    {
        return Files.writeString(dir.resolve("input"), IntStream.range(0, lines)
            .mapToObj((i) -> i % 97 == 0 ? "" : "line " + i + " of the input, " + "x".repeat(i % 300))
            .collect(Collectors.joining("\n", "", "\n")));
    }

    /** Values of a document of objects, numbers and booleans, under their paths. */
    private static Map<String, Object> parse(final String text) throws IOException
    {
        final Map<String, Object> values = new LinkedHashMap<>();
        String prefix = "";
        try (JsonParser parser = new JsonFactory().createParser(text))
        {
            JsonToken token = parser.nextToken();
            while (token != null)
            {
                switch (token)
                {
                    case START_OBJECT -> prefix = parser.currentName() == null ? "" : parser.currentName() + ".";
                    case END_OBJECT -> prefix = "";
                    case VALUE_TRUE, VALUE_FALSE -> values.put(prefix + parser.currentName(), parser.getBooleanValue());
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                        values.put(prefix + parser.currentName(), parser.getDoubleValue());
                    default -> assertThat(token).isEqualTo(JsonToken.FIELD_NAME);
                }
                token = parser.nextToken();
            }
        }
        return values;
    }
}
