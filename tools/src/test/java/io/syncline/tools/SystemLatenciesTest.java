package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class SystemLatenciesTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldPairSendsWithAcksAndPickTheWindow() throws IOException
    {
        final Path file = dir.resolve("sent.jsonl");
        Files.write(file, List.of(
            "{\"event\":\"send\",\"id\":\"p-0\",\"partition\":0,\"sequence\":0,\"offset\":-1,\"epoch\":-1,\"tNs\":1000}",
            "{\"event\":\"send\",\"id\":\"p-1\",\"partition\":0,\"sequence\":1,\"offset\":-1,\"epoch\":-1,\"tNs\":2000}",
            "{\"event\":\"ack\",\"id\":\"p-0\",\"partition\":0,\"sequence\":0,\"offset\":0,\"epoch\":1,\"tNs\":5000}",
            "{\"event\":\"send\",\"id\":\"p-2\",\"partition\":0,\"sequence\":2,\"offset\":-1,\"epoch\":-1,\"tNs\":6000}",
            "{\"event\":\"ack\",\"id\":\"p-1\",\"partition\":0,\"sequence\":1,\"offset\":1,\"epoch\":1,\"tNs\":52000}",
            "{\"event\":\"fail\",\"id\":\"p-2\",\"partition\":0,\"sequence\":2,\"offset\":-1,\"epoch\":-1,\"tNs\":7000}"));
        final SystemLatencies latencies = SystemLatencies.read(file);

        assertThat(latencies.us(0, 10_000, 50)).isEqualTo(4);
        assertThat(latencies.us(0, 10_000, 99)).isEqualTo(50);
        assertThat(latencies.us(2000, 10_000, 1)).isEqualTo(50);
        assertThat(latencies.us(6000, 10_000, 99)).as("nothing was acknowledged").isEqualTo(-1);
    }
}
