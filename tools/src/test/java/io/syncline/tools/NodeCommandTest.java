package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** A wrong configuration stops the start and touches nothing on disk. */
@Timeout(30)
class NodeCommandTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldRefuseAMissingFile()
    {
        assertThat(Syncline.execute("node", "--config", dir.resolve("missing").toString())).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldRefuseWrongConfigurationsAndTouchNothing() throws IOException
    {
        assertRefused("process.roles=broker,controller\nno.such.key=1\n");
        assertRefused("process.roles=broker,controller\nbroker.session.timeout=2 parsecs\n");
        assertRefused("process.roles=broker,controller\nmin.insync.replicas=5\ndefault.replication.factor=3\n");
        assertRefused("process.roles=tourist\n");
        assertRefused("process.roles=broker\n");
    }

    private void assertRefused(final String text) throws IOException
    {
        final Path data = dir.resolve("data");
        final Path config = Files.writeString(
            dir.resolve("node.properties"), "node.id=1\nlog.dir=" + data + "\n" + text);
        assertThat(Syncline.execute("node", "--config", config.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(data).doesNotExist();
    }
}
