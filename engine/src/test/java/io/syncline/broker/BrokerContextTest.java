package io.syncline.broker;

import io.syncline.metadata.DirectController;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A wrong configuration is one line, and touches nothing. */
@Timeout(20)
class BrokerContextTest
{
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "node.id|x",
        "node.id|-1",
        "broker.session.timeout|5",
        "broker.session.timeout|5 parsecs",
        "leader.silence.timeout|20ms",
        "log.segment.bytes|1q",
        "log.segment.bytes|2g",
        "max.batch.bytes|10",
        "min.insync.replicas|4",
        "threading|sometimes",
        "durability|maybe",
        "idle.strategy|dream",
        "listeners|client://a:1",
        "listeners|a",
        "listeners|a:1,b:2",
        "listeners|a:99999",
        "listeners|client://a:1,replication://a:1",
        "security.mode|tls"
    })
    void shouldNameTheKeyAndTheValueThatAreWrong(final String key, final String value)
    {
        final File dir = new File(directory.toFile(), "node");
        final BrokerContext context = new Broker.Context()
            .nodeId(1)
            .directory(dir)
            .controllerSession(new DirectController()::connect)
            .set(key, value);

        assertThatThrownBy(() -> Broker.launch(context))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(key + "=" + value)
            .hasMessageNotContaining("\n");
        assertThat(dir).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:9300, 127.0.0.1:9300, 127.0.0.1:9301", "PLAINTEXT://h:1, h:1, h:2", "h:0, h:0, h:0"})
    void shouldPutPeersBehindTheClientsWhereOneListenerIsNamed(
        final String listeners, final String client, final String replication)
    {
        final BrokerContext context = new Broker.Context().nodeId(1).directory(directory.toFile())
            .controllerSession(new DirectController()::connect).set("listeners", listeners).conclude();

        assertThat(context.clientEndpoint()).hasToString(client);
        assertThat(context.replicationEndpoint()).hasToString(replication);
    }

    @Test
    void shouldRefuseAnUnknownKeyOfAFile()
    {
        final Properties properties = new Properties();
        properties.setProperty("log.dirs", "/tmp");

        assertThatThrownBy(() -> new Broker.Context().properties(properties, "node.properties"))
            .hasMessage("unknown key 'log.dirs' in node.properties");
    }

    @Test
    void shouldSayWhereEachValueCameFrom()
    {
        final Properties properties = new Properties();
        properties.setProperty("node.id", "7");
        properties.setProperty("broker.rack", "east");
        final BrokerContext context = new Broker.Context()
            .properties(properties, "node.properties")
            .directory(directory.toFile())
            .controllerSession(new DirectController()::connect)
            .conclude();
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        context.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));

        assertThat(bytes.toString(StandardCharsets.UTF_8))
            .contains("node.id=7  (node.properties)")
            .contains("log.dir=" + directory + "  (code)")
            .contains("threading=shared  (default)");
        assertThatThrownBy(context::conclude).isInstanceOf(IllegalStateException.class);
    }
}
