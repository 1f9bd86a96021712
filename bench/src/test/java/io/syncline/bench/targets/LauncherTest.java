package io.syncline.bench.targets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(20)
class LauncherTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldReadWhatTheCommandPrints() throws IOException
    {
        final Launcher launcher = launcher(
            "echo '{\"bootstrap\":\"h:1,h:2\",\"nodes\":[{\"id\":1,\"pid\":11},{\"id\":2,\"pid\":22}]}'");

        assertThat(launcher.json(List.of("cluster", "status")))
            .containsEntry("bootstrap", List.of("h:1,h:2")).containsEntry("nodes.pid", List.of("11", "22"));
    }

    @Test
    void shouldSayWhyTheCommandFailed() throws IOException
    {
        final Launcher launcher = launcher("echo 'port 7 is in use' >&2; exit 2");

        assertThatThrownBy(() -> launcher.run(List.of("cluster", "up")))
            .hasMessageContaining("cluster up").hasMessageContaining("2").hasMessageContaining("port 7 is in use");
    }

    @Test
    void shouldFindTheCommandBesideWhichItWasBuilt()
    {
        assertThat(Launcher.find()).isNotNull();
    }

    private Launcher launcher(final String body) throws IOException
    {
        final Path script = Files.writeString(dir.resolve("syncline"), "#!/bin/sh\n" + body + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return new Launcher(script);
    }
}
