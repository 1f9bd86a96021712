package io.syncline.broker;

import io.syncline.journal.StateFile;
import io.syncline.journal.StateStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** R5.4: whether a start says that records may be lost. */
@Timeout(10)
class NodeStateTest
{
    private final MemoryStore store = new MemoryStore();
    private long starts;

    @Test
    void r5_4_aNewDirectoryShouldBeLossyUntilTheControllerHasHeardOfIt()
    {
        assertThat(start("boot-1").isLossy()).isTrue();
        final NodeState second = start("boot-1");
        assertThat(second.isLossy()).as("the first process died before it registered").isTrue();
        second.registered(1);
        assertThat(start("boot-1").isLossy()).isFalse();
    }

    @Test
    void r5_4_aProcessThatDiesBeforeItTellsOfAPowerLossShouldLeaveTheLossToBeTold()
    {
        start("boot-1").registered(1);

        assertThat(start("boot-2").isLossy()).isTrue();
        final NodeState third = start("boot-2");

        assertThat(third.isLossy()).as("the loss was never told").isTrue();
        third.registered(1);
        assertThat(start("boot-2").isLossy()).isFalse();
    }

    @Test
    void r5_4_aCleanStopShouldNotHideALossThatNobodyHasHeardOf()
    {
        start("boot-1").registered(1);

        start("boot-2").markClean();

        assertThat(start("boot-2").isLossy()).isTrue();
    }

    @Test
    void r5_4_aCleanStopShouldSurviveAPowerCut()
    {
        final NodeState first = start("boot-1");
        first.registered(1);
        first.markClean();

        assertThat(start("boot-2").isLossy()).isFalse();
        assertThat(start("boot-3").isLossy()).as("not stopped cleanly this time").isTrue();
    }

    @Test
    void r5_4_anotherVolumeShouldBeLossyUnlessTheStopWasClean()
    {
        final NodeState first = start("boot-1", "disk-1");
        first.registered(1);
        first.markClean();
        final NodeState second = start("boot-1", "disk-2");
        assertThat(second.isLossy()).as("moved after a clean stop").isFalse();

        final NodeState third = start("boot-1", "disk-3");

        assertThat(third.isLossy()).as("moved after a kill").isTrue();
        assertThat(start("boot-1", "disk-3").isLossy()).as("the loss was never told").isTrue();
        start("boot-1", "disk-3").registered(1);
        assertThat(start("boot-1", "disk-3").isLossy()).isFalse();
    }

    @Test
    void r5_4_aDirectoryOfAnEarlierVersionThatNamesNoVolumeShouldNotBeLossyForThat()
    {
        start("boot-1", "").registered(1);

        assertThat(start("boot-1", "disk-1").isLossy()).isFalse();
        assertThat(start("boot-1", "disk-2").isLossy()).as("it names one now").isTrue();
    }

    @Test
    void r5_4_aMissingOrDamagedIdentityShouldBeLossyAndGetANewDirectoryId()
    {
        start("boot-1").registered(1);
        start("boot-1").markClean();
        store.bytes[store.bytes.length / 2] ^= 1;

        final NodeState damaged = start("boot-1", "disk-1", "second");

        assertThat(damaged.isLossy()).isTrue();
        assertThat(damaged.directoryId()).isEqualTo("second");
        damaged.registered(1);
        damaged.markClean();
        store.bytes = null;
        final NodeState missing = start("boot-1", "disk-1", "third");
        assertThat(missing.isLossy()).isTrue();
        assertThat(missing.directoryId()).isEqualTo("third");
    }

    @Test
    void r5_4_shouldRememberTheIncarnationOverAStop()
    {
        final NodeState first = start("boot-1");
        assertThat(first.incarnation()).isEqualTo(-1);
        first.registered(7);
        first.registered(9);
        first.markClean();
        assertThat(start("boot-1").incarnation()).isEqualTo(9);
    }

    @Test
    void r5_4_aStartShouldBeWrittenDownBeforeItAsksAndTheLastAnsweredOneKeptUntilTheNextAnswer()
    {
        start("boot-1").registered(7);
        start("boot-1");
        assertThat(StateFile.open(store).starts()).as("2 has not heard anything").containsExactly(1L, 2L);
        final NodeState third = start("boot-1");
        assertThat(third.starts()).containsExactly(1L, 2L, 3L);
        third.registered(9);
        assertThat(third.starts()).containsExactly(3L);
        third.markClean();
        assertThat(start("boot-1").starts()).containsExactly(3L, 4L);
    }

    @Test
    void r5_4_aDirectoryThatIsNeverAnsweredShouldForgetNoStart()
    {
        start("boot-1").registered(7);
        for (int i = 0; i < 2 * NodeState.MAX_STARTS; i++)
        {
            assertThat(start("boot-1").starts()).contains(1L).hasSizeLessThanOrEqualTo(NodeState.MAX_STARTS);
        }
        final NodeState last = start("boot-1");
        assertThat(last.starts()).hasSize(NodeState.MAX_STARTS);
        last.registered(8);
        assertThat(last.starts()).containsExactly((long)NodeState.MAX_STARTS);
    }

    @Test
    void r5_4_theVolumeOfADirectoryShouldBeOneLineAndTheSameEachTime(@TempDir final Path directory)
    {
        final String volumeId = StateFile.currentVolumeId(directory);

        assertThat(volumeId).isNotEmpty().doesNotContain("\n").isEqualTo(StateFile.currentVolumeId(directory));
        StateFile.open(directory).volumeId(volumeId).save();
        assertThat(StateFile.open(directory).volumeId()).isEqualTo(volumeId);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void r5_4_anotherFileSystemShouldBeAnotherVolume(@TempDir final Path directory)
    {
        final Path proc = Path.of("/proc");
        assumeTrue(Files.isDirectory(proc));

        assertThat(StateFile.currentVolumeId(proc)).isNotEmpty().isNotEqualTo(StateFile.currentVolumeId(directory));
    }

    private NodeState start(final String bootId)
    {
        return start(bootId, "disk-1");
    }

    private NodeState start(final String bootId, final String volumeId)
    {
        return start(bootId, volumeId, "directory");
    }

    private NodeState start(final String bootId, final String volumeId, final String directoryId)
    {
        return NodeState.open(
            () -> {}, StateFile.open(store), new NodeState.Place(bootId, volumeId), Path.of("node"), 1, "syncline",
            directoryId, ++starts);
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
