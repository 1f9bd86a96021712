package io.syncline.doctor;

import io.syncline.doctor.Finding.Severity;
import io.syncline.journal.JvmFlags;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every check, one method each, in the order in which they are printed. */
public final class Doctor
{
    private static final Set<String> FAST_CLOCKS = Set.of("tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter");
    private static final Set<String> REMOTE = Set.of("nfs", "nfs4", "cifs", "smb3", "fuse", "fuse.sshfs", "9p", "ceph");
    private static final Pattern BRACKETED = Pattern.compile("\\[(\\w+)]");
    private static final long SLOW_CLOCK_NS = 200;
    private static final long SOCKET_BUFFER_WANTED = 2 * 1024 * 1024;
    private static final long SOCKET_BUFFER_LEAST = 128 * 1024;
    private static final long FILES_WANTED = 65_536;
    private static final long FILES_LEAST = 1024;
    private static final long MAPS_WANTED = 65_530;
    private static final int CALM_SWAPPINESS = 10;
    private static final int COMFORTABLE_CORES = 4;

    private final Machine machine;
    private final Plan plan;

    /**
     * @param machine to look at
     * @param plan    what is to run on it
     */
    public Doctor(final Machine machine, final Plan plan)
    {
        this.machine = machine;
        this.plan = plan;
    }

    /** @return one finding a check, some checks more; never throws for what it finds */
    public List<Finding> examine()
    {
        final List<Finding> findings = new ArrayList<>();
        findings.add(cores());
        findings.add(quota());
        findings.add(sharedMemory());
        findings.add(socketBuffer("net.core.rmem_max", "receive"));
        findings.add(socketBuffer("net.core.wmem_max", "send"));
        findings.add(clockSource());
        findings.add(governor());
        findings.add(autogroup());
        findings.add(hugePages());
        findings.add(swap());
        plan.logDirectories().forEach((directory) -> findings.addAll(fileSystem(directory)));
        findings.add(openFiles());
        findings.add(maps());
        findings.add(jvmFlags());
        findings.add(staleDirectories());
        plan.logDirectories().forEach((directory) -> findings.add(markFiles(directory)));
        return findings;
    }

    /**
     * @param findings of {@link #examine()}
     * @return true when one of them is critical
     */
    public static boolean isCritical(final List<Finding> findings)
    {
        return findings.stream().anyMatch((finding) -> finding.severity() == Severity.CRITICAL);
    }

    private Finding cores()
    {
        final int cores = machine.cores();
        final int spinning = plan.spinningThreads();
        final String read = cores + " cores, " + spinning + " spinning threads";
        if (spinning > cores)
        {
            return new Finding("cores", Severity.CRITICAL, read,
                "threads that spin take each other's cores for whole time slices of milliseconds",
                "idle.strategy=adaptive, threading=shared, or more cores");
        }
        if (spinning > 0 && spinning == cores)
        {
            return new Finding("cores", Severity.WARNING, read, "nothing is left for the kernel, the JVM and the clients",
                "leave one core free");
        }
        if (cores < COMFORTABLE_CORES)
        {
            return new Finding("cores", Severity.NOTE, read,
                "with few cores most of the latency above the median is the scheduler's", "threading=shared");
        }
        return Finding.ok("cores", read, "enough for every thread that spins");
    }

    private Finding quota()
    {
        final String v2 = machine.text("/sys/fs/cgroup/cpu.max");
        final long v1 = machine.number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
        final boolean isLimited = v2 != null ? !v2.startsWith("max") : v1 > 0;
        final String read = v2 != null ? "cpu.max " + v2 : v1 >= 0 ? "cpu.cfs_quota_us " + v1 : "no quota";
        return isLimited ? new Finding("cgroup quota", Severity.WARNING, read,
            "once the quota of a period is used every thread stands still until the next one",
            "give whole cores (cpuset) instead of a quota") :
            Finding.ok("cgroup quota", read, "no thread is stopped for having used its share");
    }

    private Finding sharedMemory()
    {
        final Path directory = machine.existing(plan.aeronParent());
        final long free = machine.freeBytes(directory);
        final String read = directory + " has " + mebibytes(free) + " free of " + mebibytes(plan.aeronBytes()) + " that may be needed";
        if (free >= 0 && free < plan.aeronBytes())
        {
            return new Finding("shared memory", Severity.CRITICAL, read,
                "a write into a page that cannot be given ends the process",
                "mount -o remount,size=4g /dev/shm; docker run --shm-size; fewer expected.clients");
        }
        final String type = machine.fileSystem(directory);
        return "tmpfs".equals(type) ? Finding.ok("shared memory", read, "streams never wait for a disk") :
            new Finding("shared memory", Severity.WARNING, read + ", on " + type,
                "streams on a disk wait for its write-back", "aeron.dir on tmpfs");
    }

    private Finding socketBuffer(final String key, final String direction)
    {
        final long max = machine.number("/proc/sys/" + key.replace('.', '/'));
        final String read = key + " " + (max < 0 ? "cannot be read" : Long.toString(max));
        if (max < 0)
        {
            return new Finding("socket buffer", Severity.NOTE, read, "the " + direction + " buffer may be too small", "look it up");
        }
        if (max < SOCKET_BUFFER_LEAST)
        {
            return new Finding("socket buffer", Severity.CRITICAL, read, "below what a media driver starts with",
                "sysctl -w " + key + "=" + SOCKET_BUFFER_WANTED);
        }
        return max < SOCKET_BUFFER_WANTED ? new Finding("socket buffer", Severity.WARNING, read,
            "bursts overrun it, and what is lost is sent again milliseconds later",
            "sysctl -w " + key + "=" + SOCKET_BUFFER_WANTED) :
            Finding.ok("socket buffer", read, "a burst fits");
    }

    private Finding clockSource()
    {
        final String source = machine.text("/sys/devices/system/clocksource/clocksource0/current_clocksource");
        final long cost = machine.clockCostNs();
        final String read = (source == null ? "not visible" : source) + ", " + cost + " ns a look";
        return cost > SLOW_CLOCK_NS || source != null && !FAST_CLOCKS.contains(source) && cost > SLOW_CLOCK_NS / 2 ?
            new Finding("clock source", Severity.WARNING, read, "every turn of every agent looks at the clock",
                "clocksource=tsc on the kernel's command line, where the machine has a reliable one") :
            Finding.ok("clock source", read, "read without a call into the kernel");
    }

    private Finding governor()
    {
        final String governor = machine.text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
        if (governor == null)
        {
            return new Finding("governor", Severity.NOTE, "not visible", "a virtual machine has its host's", "ask there");
        }
        return "performance".equals(governor) ? Finding.ok("governor", governor, "cores do not slow down when idle") :
            new Finding("governor", Severity.WARNING, governor, "a core that slept wakes up slow",
                "cpupower frequency-set -g performance");
    }

    /** Measured with three brokers on two cores, 10,000 records a second, threads that yield: p99 137 ms with it, 7 without. */
    private Finding autogroup()
    {
        final long enabled = machine.number("/proc/sys/kernel/sched_autogroup_enabled");
        final String read = enabled < 0 ? "not there" : "kernel.sched_autogroup_enabled " + enabled;
        return enabled == 1 && machine.cores() <= COMFORTABLE_CORES ? new Finding("autogroup", Severity.WARNING, read,
            "where sessions share few cores, a thread that yields makes room within its own session only, and others wait for " +
                "a slice of milliseconds", "sysctl -w kernel.sched_autogroup_enabled=0") :
            Finding.ok("autogroup", read, "no thread waits for what another session's thread does not need");
    }

    private Finding hugePages()
    {
        final String text = machine.text("/sys/kernel/mm/transparent_hugepage/enabled");
        final Matcher chosen = BRACKETED.matcher(text == null ? "" : text);
        final String read = chosen.find() ? chosen.group(1) : "not visible";
        return "always".equals(read) ? new Finding("huge pages", Severity.WARNING, "transparent_hugepage " + read,
            "the kernel stops threads to put pages together", "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled") :
            Finding.ok("huge pages", "transparent_hugepage " + read, "nobody waits for pages to be put together");
    }

    private Finding swap()
    {
        final String swaps = machine.text("/proc/swaps");
        final long areas = swaps == null ? 0 : swaps.lines().skip(1).count();
        final long swappiness = machine.number("/proc/sys/vm/swappiness");
        final String read = areas + " swap areas, vm.swappiness " + swappiness;
        return areas > 0 && swappiness > CALM_SWAPPINESS ? new Finding("swap", Severity.WARNING, read,
            "a page of the heap that was swapped out costs milliseconds", "swapoff -a, or sysctl -w vm.swappiness=1") :
            Finding.ok("swap", read, "no memory of a node goes to disk");
    }

    private List<Finding> fileSystem(final Path logDirectory)
    {
        final List<Finding> findings = new ArrayList<>();
        final Path directory = machine.existing(logDirectory);
        final String type = machine.fileSystem(directory);
        final long free = machine.freeBytes(directory);
        final String read = logDirectory + " on " + type;
        if (REMOTE.contains(type.toLowerCase(Locale.ROOT)))
        {
            findings.add(new Finding("file system", Severity.CRITICAL, read,
                "mapped files over a network are neither fast nor sure", "log.dir on a local disk (ext4, xfs)"));
        }
        else if ("tmpfs".equals(type) || "overlay".equals(type))
        {
            findings.add(new Finding("file system", Severity.WARNING, read,
                "tmpfs".equals(type) ? "gone with the machine's power" : "every first write copies the file, and it goes with the container",
                "log.dir on a local disk or a volume (ext4, xfs)"));
        }
        else
        {
            findings.add(Finding.ok("file system", read, "mapped files are the page cache's"));
        }
        final String space = logDirectory + " has " + mebibytes(free) + " free";
        findings.add(free >= 0 && free < 4 * plan.segmentBytes() ? new Finding("disk space", Severity.CRITICAL, space,
            "a partition needs the next segment before this one is full", "free some, or a smaller log.segment.bytes") :
            Finding.ok("disk space", space, "room for segments of " + mebibytes(plan.segmentBytes())));
        return findings;
    }

    private Finding openFiles()
    {
        final String limits = machine.text("/proc/self/limits");
        final Matcher soft = Pattern.compile("Max open files\\s+(\\d+|unlimited)").matcher(limits == null ? "" : limits);
        if (!soft.find())
        {
            return new Finding("open files", Severity.NOTE, "not visible", "a partition takes several", "ulimit -n");
        }
        final long files = "unlimited".equals(soft.group(1)) ? Long.MAX_VALUE : Long.parseLong(soft.group(1));
        final String read = "limit " + soft.group(1);
        final String fix = "ulimit -n " + FILES_WANTED + ", or LimitNOFILE in the unit";
        return files < FILES_LEAST ? new Finding("open files", Severity.CRITICAL, read, "a few partitions use them up", fix) :
            files < FILES_WANTED ? new Finding("open files", Severity.NOTE, read, "enough for a few hundred partitions", fix) :
            Finding.ok("open files", read, "enough for thousands of partitions");
    }

    private Finding maps()
    {
        final long maps = machine.number("/proc/sys/vm/max_map_count");
        final String read = "vm.max_map_count " + maps;
        return maps >= 0 && maps < MAPS_WANTED ? new Finding("mapped files", Severity.WARNING, read,
            "journals and streams are mapped files", "sysctl -w vm.max_map_count=262144") :
            Finding.ok("mapped files", read, "enough for journals and streams");
    }

    private Finding jvmFlags()
    {
        final List<String> missing = JvmFlags.missing();
        return missing.isEmpty() ? Finding.ok("JVM flags", "all there", "Aeron, Agrona and Chronicle reach what they need") :
            new Finding("JVM flags", Severity.CRITICAL, "missing " + String.join(" ", missing), "a node refuses to start",
                "java @tools/bin/jvm.flags");
    }

    private Finding staleDirectories()
    {
        final List<AeronDirectory> stale = AeronDirectory.staleIn(machine, plan.aeronParent());
        final String read = stale.size() + " Aeron directories without a driver in " + plan.aeronParent();
        if (stale.isEmpty())
        {
            return Finding.ok("stale drivers", read, "no memory is held by the dead");
        }
        final long bytes = stale.stream().mapToLong(AeronDirectory::bytes).sum();
        return new Finding("stale drivers", Severity.WARNING, read + ", " + mebibytes(bytes) + ": " +
            stale.get(0).path().getFileName() + (stale.size() > 1 ? ", ..." : ""),
            "what killed processes left takes shared memory from the living", "delete them when nothing of theirs runs");
    }

    /** A mark file that a full disk left without content refuses every later start of the controller. */
    private Finding markFiles(final Path logDirectory)
    {
        final List<Path> empty = machine.below(logDirectory, 4).stream().filter((path) ->
            path.getFileName().toString().contains("mark") && path.toFile().isFile() && path.toFile().length() == 0).toList();
        return empty.isEmpty() ? Finding.ok("mark files", "none empty below " + logDirectory, "controllers will start") :
            new Finding("mark files", Severity.CRITICAL, "empty: " + empty.get(0), "the controller refuses to start with it",
                "delete it once the disk has room again");
    }

    private static String mebibytes(final long bytes)
    {
        return bytes < 0 ? "unknown" : (bytes >> 20) + " MiB";
    }
}
