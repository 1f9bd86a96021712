package io.syncline.broker;

import io.syncline.journal.StateFile;
import io.syncline.journal.StateStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** R5.4: whether a start says that records may be lost. */
@Timeout(10)
class NodeStateTest
{
    private final MemoryStore store = new MemoryStore();

    @Test
    void r5_4_aNewDirectoryShouldBeLossyUntilTheControllerHasHeardOfIt()
    {
        assertThat(start("boot-1").isLossy()).isTrue();
        final NodeState second = start("boot-1");
        assertThat(second.isLossy()).as("the first process died before it registered").isTrue();
        second.registered();
        assertThat(start("boot-1").isLossy()).isFalse();
    }

    @Test
    void r5_4_aProcessThatDiesBeforeItTellsOfAPowerLossShouldLeaveTheLossToBeTold()
    {
        start("boot-1").registered();

        assertThat(start("boot-2").isLossy()).isTrue();
        final NodeState third = start("boot-2");

        assertThat(third.isLossy()).as("the loss was never told").isTrue();
        third.registered();
        assertThat(start("boot-2").isLossy()).isFalse();
    }

    @Test
    void r5_4_aCleanStopShouldNotHideALossThatNobodyHasHeardOf()
    {
        start("boot-1").registered();

        start("boot-2").markClean();

        assertThat(start("boot-2").isLossy()).isTrue();
    }

    @Test
    void r5_4_aCleanStopShouldSurviveAPowerCut()
    {
        final NodeState first = start("boot-1");
        first.registered();
        first.markClean();

        assertThat(start("boot-2").isLossy()).isFalse();
        assertThat(start("boot-3").isLossy()).as("not stopped cleanly this time").isTrue();
    }

    private NodeState start(final String bootId)
    {
        return NodeState.open(
            () -> {}, StateFile.open(store), bootId, Path.of("node"), 1, "syncline", "directory");
    }

    private static final class MemoryStore implements StateStore
    {
        private byte[] bytes;

        @Override
        public byte[] load()
        {
            return bytes;
        }

        @Override
        public void save(final byte[] saved)
        {
            bytes = saved;
        }
    }
}
