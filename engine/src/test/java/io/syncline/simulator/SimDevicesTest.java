package io.syncline.simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The faults of {@link SimDevices} really happen, are found by the broker they happen to, and are too much where they are. */
@Timeout(120)
class SimDevicesTest
{
    private static final int SAFETY_MS = 6000;
    private static final int BURST = 40;
    /** When broker 2 has started again. */
    private static final String LATER = "LATER ";

    /** The broker says what it has met, and has a good copy again when all is whole: that the run ends says so (H10). */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "FLIP 2 0 0;FLIP 2 0 0;FLIP 2 0 0 | turned a bit of | does not pass its CRC",
        "BAD_SYNC 2 0 2 | syncs of b2 fail                | Input/output error",
        "BAD_READ 1 0 5 | reads of b1 fail                | Input/output error",
        "GONE 2 0 0     | spoiled                         | LOST as",
        "GONE 2 0 1     | log of b2 is gone               | is missing in",
        "FULL 2 0 0     | b2 has room for 0 bytes         | No space left on device",
        "KILL 2 0 0;LATER RESTORE 2 0 1 | old copy of b2  | it is an older copy",
        "UNHEARD 0 0 2  | controller: nobody hears of     | another controller leads",
        "SHORTEN 0 0 50000 | of a frame of               | append b2"
    })
    void faultShouldHappenAndBeFound(final String fault, final String happens, final String found)
    {
        final List<String> trace = run(2, fault.split(";"));

        final int at = indexOf(trace, 0, happens);
        assertThat(at).as(happens).isNotNegative();
        assertThat(indexOf(trace, at, found)).as(found).isGreaterThan(at);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "FLIP 2 0 0     | turned a bit of",
        "BAD_SYNC 2 0 2 | syncs of b2 fail",
        "BAD_READ 2 0 2 | reads of b2 fail",
        "GONE 2 0 0     | spoiled",
        "GONE 2 0 1     | log of b2 is gone",
        "FULL 2 0 0     | b2 has room for"
    })
    void p4_theOnlyCopyShouldBeLeftAlone(final String fault, final String happens)
    {
        assertThat(indexOf(run(1, fault), 0, happens)).as(happens).isNegative();
    }

    /** P4: one of two copies that a commit is sure to have. */
    @Test
    void p4_aSecondCopyShouldBeLeftAloneWhileTheFirstIsBad()
    {
        final List<String> trace = run(2, "WIPE 3 0 0", "GONE 2 0 1");

        assertThat(indexOf(trace, 0, "wiped b3")).isNotNegative();
        assertThat(indexOf(trace, 0, "log of b2 is gone")).isNegative();
    }

    /** Three brokers, one partition, and records all the time; broker 2 starts again whenever it is down. */
    private static List<String> run(final int minIsr, final String... faults)
    {
        final StringBuilder plan = new StringBuilder("config 1000 3 3 " + minIsr + " 1 false 20000 900 1 " + SAFETY_MS + " 10000 0 1024 0\n");
        for (int atMs = 1; atMs < SAFETY_MS; atMs += 100)
        {
            plan.append(atMs).append("000 PRODUCE 0 0 ").append(BURST).append('\n');
            if (atMs == 3001)
            {
                for (final String fault : faults)
                {
                    plan.append(fault.startsWith(LATER) ? "" : "3002000 " + fault + "\n");
                }
            }
            if (atMs == 3601)
            {
                plan.append("3602000 START 2 0 0\n3602001 ELECT 2 0 0\n");
            }
            if (atMs == 5001)
            {
                for (final String fault : faults)
                {
                    plan.append(fault.startsWith(LATER) ? "5002000 " + fault.substring(LATER.length()) + "\n" : "");
                }
            }
        }
        final List<String> trace = new ArrayList<>();
        new SimRun(SimPlan.parse(plan.toString()), trace::add).run();
        return trace;
    }

    private static int indexOf(final List<String> trace, final int from, final String text)
    {
        for (int i = from; i < trace.size(); i++)
        {
            if (trace.get(i).contains(text))
            {
                return i;
            }
        }
        return -1;
    }
}
