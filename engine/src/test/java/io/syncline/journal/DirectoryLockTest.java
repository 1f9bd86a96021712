package io.syncline.journal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A log directory belongs to one owner, whichever process asks. */
@Timeout(60)
class DirectoryLockTest
{
    private static final String LOCKED = "locked";

    @TempDir
    private Path directory;

    @Test
    void shouldBeHeldOnceInAProcess()
    {
        final DirectoryLock lock = DirectoryLock.acquire(directory);
        assertThatThrownBy(() -> DirectoryLock.acquire(directory))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining(directory.toString())
            .hasMessageContaining("in use by");
        lock.close();
        DirectoryLock.acquire(directory).close();
    }

    @Test
    void shouldRefuseADirectoryOfAnotherProcessUntilThatIsGone() throws IOException, InterruptedException
    {
        final Process other = ChildJvm.start(DirectoryLockTest.class, directory.toString());
        try (BufferedReader output = output(other))
        {
            assertThat(output.readLine()).isEqualTo(LOCKED);

            assertThatThrownBy(() -> DirectoryLock.acquire(directory))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("in use by another process");
            assertThatThrownBy(() -> DirectoryLock.probe(directory))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in use by another process");
        }
        finally
        {
            // Without a word, as a crash does it: the lock goes with the process.
            other.toHandle().destroyForcibly();
        }
        assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        DirectoryLock.acquire(directory).close();
    }

    @Test
    void shouldTellAnotherProcessThatItIsInUseHere() throws IOException, InterruptedException
    {
        final DirectoryLock lock = DirectoryLock.acquire(directory);
        // A second attempt here must not take the lock away: closing any handle of a file ends a process's locks on it.
        assertThatThrownBy(() -> DirectoryLock.acquire(directory)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> DirectoryLock.probe(directory)).isInstanceOf(IllegalStateException.class);
        final Process other = ChildJvm.start(DirectoryLockTest.class, directory.toString());
        try (BufferedReader output = output(other))
        {
            assertThat(output.readLine()).contains(directory.toString()).contains("in use by another process");
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        finally
        {
            other.toHandle().destroyForcibly();
            lock.close();
        }
    }

    private static BufferedReader output(final Process process)
    {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The other process: says that it has the lock and holds it until its input ends, or says why not. */
    public static void main(final String[] args) throws IOException
    {
        try (DirectoryLock lock = DirectoryLock.acquire(Path.of(args[0])))
        {
            System.out.println(lock == null ? "" : LOCKED);
            while (System.in.read() >= 0)
            {
                Thread.onSpinWait();
            }
        }
        catch (final IllegalStateException ex)
        {
            System.out.println(ex.getMessage());
        }
    }
}
