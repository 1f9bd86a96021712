package io.syncline.broker;

import io.syncline.metadata.DirectController;
import io.syncline.stream.Endpoint;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** One broker with threads, a journal and a media driver of its own. */
@Timeout(60)
class BrokerLaunchTest
{
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(value = Threading.class, names = { "SHARED", "DEDICATED" })
    void shouldLeaveNoThreadAndNoLockBehind(final Threading threading)
    {
        final Set<Thread> before = Set.copyOf(Thread.getAllStackTraces().keySet());
        final DirectController controller = new DirectController();

        try (Broker broker = Broker.launch(context(threading, controller)))
        {
            await().atMost(Duration.ofSeconds(20)).until(broker::isReady);
            assertThatThrownBy(() -> Broker.launch(context(threading, controller)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in use");
        }

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() ->
            assertThat(Thread.getAllStackTraces().keySet().stream()
                .filter((thread) -> !before.contains(thread) && !thread.getName().contains("awaitility"))
                .map(Thread::getName)
                .filter((name) -> name.contains("-1") || name.contains("aeron") || name.contains("driver"))
                .collect(Collectors.toSet())).isEmpty());
        Broker.launch(context(threading, controller)).kill();
        assertThat(Files.exists(directory.resolve(BrokerEvents.FILE_NAME))).isTrue();
    }

    private BrokerContext context(final Threading threading, final DirectController controller)
    {
        return new Broker.Context()
            .nodeId(1)
            .directory(directory.toFile())
            .listeners(new Endpoint("localhost", 0), new Endpoint("localhost", 0))
            .threading(threading)
            .controllerSession(controller::connect);
    }
}
