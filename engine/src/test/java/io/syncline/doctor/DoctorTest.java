package io.syncline.doctor;

import io.syncline.doctor.Finding.Severity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Each check against a machine that is well, and against one that is not. */
@Timeout(30)
class DoctorTest
{
    @TempDir
    private Path root;

    private Path shm;
    private Path data;
    private int cores = 8;
    private String fileSystem = "ext4";
    private String shmFileSystem = "tmpfs";
    private long freeBytes = 1L << 40;
    private int spinning;
    private long clockCostNs = 25;

    @BeforeEach
    void makeItWell() throws IOException
    {
        shm = Files.createDirectories(root.resolve("dev/shm"));
        data = Files.createDirectories(root.resolve("data"));
        write("/sys/fs/cgroup/cpu.max", "max 100000");
        write("/proc/sys/net/core/rmem_max", "4194304");
        write("/proc/sys/net/core/wmem_max", "4194304");
        write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc");
        write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance");
        write("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
        write("/proc/swaps", "Filename Type Size Used Priority");
        write("/proc/sys/vm/swappiness", "60");
        write("/proc/self/limits", "Max open files            1048576              1048576              files");
        write("/proc/sys/vm/max_map_count", "262144");
    }

    @Test
    void shouldFindNothingOnAMachineThatIsWell()
    {
        assertThat(examine()).allSatisfy((finding) ->
            assertThat(finding.severity()).as(finding.toString()).isEqualTo(Severity.OK));
        assertThat(Doctor.isCritical(examine())).isFalse();
    }

    @Test
    void everyFindingShouldSayWhatWasReadAndWhyAndWhatToDo() throws IOException
    {
        cores = 2;
        spinning = 7;
        freeBytes = 1;
        write("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never");
        assertThat(examine()).allSatisfy((finding) ->
        {
            assertThat(finding.read()).isNotBlank();
            assertThat(finding.why()).isNotBlank();
            assertThat(finding.fix().isBlank()).isEqualTo(finding.severity() == Severity.OK);
            assertThat(finding.toString().lines()).hasSize(1);
        });
    }

    @Test
    void shouldCountThreadsThatSpinAgainstCores()
    {
        cores = 2;
        assertSeverity("cores", Severity.NOTE);
        spinning = 2;
        assertSeverity("cores", Severity.WARNING);
        spinning = 3;
        assertSeverity("cores", Severity.CRITICAL);
        assertThat(Doctor.isCritical(examine())).isTrue();
    }

    @Test
    void shouldSeeALimitedQuota() throws IOException
    {
        write("/sys/fs/cgroup/cpu.max", "200000 100000");
        assertSeverity("cgroup quota", Severity.WARNING);
        Files.delete(root.resolve("sys/fs/cgroup/cpu.max"));
        write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000");
        assertSeverity("cgroup quota", Severity.WARNING);
        write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
        assertSeverity("cgroup quota", Severity.OK);
    }

    @Test
    void shouldCompareSharedMemoryWithItsNeed()
    {
        freeBytes = 10_000_000;
        assertSeverity("shared memory", Severity.CRITICAL);
        assertSeverity("disk space", Severity.CRITICAL);
        freeBytes = 1L << 40;
        shmFileSystem = "ext4";
        assertSeverity("shared memory", Severity.WARNING);
    }

    @Test
    void shouldLookAtBothSocketBuffers() throws IOException
    {
        write("/proc/sys/net/core/rmem_max", "212992");
        assertSeverity("socket buffer", Severity.WARNING);
        write("/proc/sys/net/core/rmem_max", "4194304");
        write("/proc/sys/net/core/wmem_max", "65536");
        assertSeverity("socket buffer", Severity.CRITICAL);
    }

    @Test
    void shouldNoticeASlowClock() throws IOException
    {
        clockCostNs = 900;
        assertSeverity("clock source", Severity.WARNING);
        clockCostNs = 25;
        write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "xen");
        assertSeverity("clock source", Severity.OK);
        clockCostNs = 150;
        assertSeverity("clock source", Severity.WARNING);
    }

    @Test
    void shouldNoticeWhatTheKernelDoesBehindTheBack() throws IOException
    {
        write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave");
        assertSeverity("governor", Severity.WARNING);
        Files.delete(root.resolve("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
        assertSeverity("governor", Severity.NOTE);

        write("/proc/sys/kernel/sched_autogroup_enabled", "1");
        assertSeverity("autogroup", Severity.OK);
        cores = 4;
        assertSeverity("autogroup", Severity.WARNING);
        write("/proc/sys/kernel/sched_autogroup_enabled", "0");
        assertSeverity("autogroup", Severity.OK);
        cores = 8;
        write("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never");
        assertSeverity("huge pages", Severity.WARNING);
        write("/proc/swaps", "Filename Type Size Used Priority\n/dev/vda2 partition 1000 0 -2");
        assertSeverity("swap", Severity.WARNING);
        write("/proc/sys/vm/swappiness", "1");
        assertSeverity("swap", Severity.OK);
    }

    @Test
    void shouldKnowFileSystemsThatWillNotDo()
    {
        fileSystem = "nfs4";
        assertSeverity("file system", Severity.CRITICAL);
        fileSystem = "tmpfs";
        assertSeverity("file system", Severity.WARNING);
        fileSystem = "overlay";
        assertSeverity("file system", Severity.WARNING);
    }

    @Test
    void shouldLookAtLimits() throws IOException
    {
        write("/proc/self/limits", "Max open files            4096              4096              files");
        assertSeverity("open files", Severity.NOTE);
        write("/proc/self/limits", "Max open files            256              4096              files");
        assertSeverity("open files", Severity.CRITICAL);
        write("/proc/sys/vm/max_map_count", "1000");
        assertSeverity("mapped files", Severity.WARNING);
    }

    @Test
    void shouldFindWhatTheDeadLeftBehind() throws IOException
    {
        // A driver that never came to life has no version in its file.
        final Path cnc = Files.write(Files.createDirectories(shm.resolve("aeron-dead")).resolve("cnc.dat"), new byte[8192]);
        assertSeverity("stale drivers", Severity.OK);
        Files.setLastModifiedTime(cnc, FileTime.from(Instant.now().minusSeconds(60)));
        assertThat(named("stale drivers")).singleElement().satisfies((finding) ->
        {
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.read()).contains("1 Aeron directories", "aeron-dead");
        });
        Files.createFile(Files.createDirectories(data.resolve("controller/cluster")).resolve("cluster-mark.dat"));
        assertSeverity("mark files", Severity.CRITICAL);
        Files.write(data.resolve("controller/cluster/cluster-mark.dat"), new byte[64]);
        assertSeverity("mark files", Severity.OK);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldReadTheKernelsSettingsWhole()
    {
        assertThat(new Machine().text("/proc/sys/kernel/ostype")).isEqualTo("Linux");
        assertThat(new Machine().number("/proc/sys/kernel/pid_max")).isGreaterThan(100);
        assertThat(new Machine().text("/proc/self/limits")).contains("Max open files");
    }

    @Test
    void shouldExamineThisMachineWithTheDefaults()
    {
        assertThat(new Doctor(new Machine(), Plan.ofDefaults(data)).examine()).hasSizeGreaterThanOrEqualTo(14);
        assertThat(Plan.ofDefaults(data).aeronBytes()).isGreaterThan(100L << 20);
    }

    private void assertSeverity(final String check, final Severity severity)
    {
        assertThat(named(check).stream().map(Finding::severity).max(Severity::compareTo)).hasValue(severity);
    }

    private List<Finding> named(final String check)
    {
        return examine().stream().filter((finding) -> finding.check().equals(check)).toList();
    }

    private List<Finding> examine()
    {
        final Plan plan = new Plan(spinning, 100_000_000, shm, List.of(data), 64 << 20);
        return new Doctor(new Machine(root)
        {
            @Override
            int cores()
            {
                return cores;
            }

            @Override
            long clockCostNs()
            {
                return clockCostNs;
            }

            @Override
            String fileSystem(final Path directory)
            {
                return directory.startsWith(shm) ? shmFileSystem : fileSystem;
            }

            @Override
            long freeBytes(final Path directory)
            {
                return freeBytes;
            }
        }, plan).examine();
    }

    private void write(final String path, final String text) throws IOException
    {
        final Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }
}
