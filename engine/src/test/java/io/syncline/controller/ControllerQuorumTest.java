package io.syncline.controller;

import io.syncline.metadata.ControllerRequest.CommitOffset;
import io.syncline.metadata.ControllerRequest.CreateTopic;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import static org.assertj.core.api.Assertions.assertThat;

/** What a quorum keeps on disk, and how a member without anything comes back. */
@Timeout(180)
class ControllerQuorumTest
{
    private static final int MEMBERS = 3;
    private static final long SNAPSHOT_BYTES = 512 * 1024;
    private static final long KEY = PartitionKey.of(1, 0);
    /** 512 bytes of log each. */
    private static final String GROUP = "g".repeat(400);
    /**
     * 4.6 MB of log: its last half megabyte may have no snapshot yet, the newest may stand 1.6 MB behind the one before
     * it, up to which segments of a megabyte are purged, and one of those there must be. With 3.1 MB there was none
     * where the snapshots happened to stand as far apart as they may.
     */
    private static final int COMMITS = 9_000;
    private static final int COMMITS_BETWEEN_LOOKS = 200;

    private final List<Controller> members = new ArrayList<>();
    private String voters;

    @TempDir
    File directory;

    @BeforeEach
    void findPorts() throws SocketException
    {
        voters = FreePorts.voters(MEMBERS);
    }

    @AfterEach
    void closeAll()
    {
        CloseHelper.quietCloseAll(members);
    }

    @Test
    void aMemberThatNeedsLogWhichIsPurgedEverywhereShouldStartAnewFromASnapshot()
    {
        for (int id = 0; id < MEMBERS; id++)
        {
            members.add(launch(id));
        }
        await(() -> members.stream().anyMatch(Controller::isLeader));
        final int leader = leader();
        final int late = (leader + 1) % MEMBERS;
        try (BrokerStandIn broker = new BrokerStandIn(
            1, members.get(leader).aeronDirectoryName(), members.get(leader).ingressEndpoints(), true))
        {
            await(broker::isRegistered, broker);
            final long created = broker.send(new CreateTopic("t", 1, 1, Map.of()));
            await(() -> broker.codes.containsKey(created), broker);
            await(() -> members.get(late).isReady(), broker);
            members.get(late).close();

            commit(broker, leader, 0);
            await(() -> logStart(members.get(leader)) > 0, broker);
            members.set(late, launch(late));
            await(() -> relaunched(late).isReady(), broker);
            assertThat(logStart(members.get(late))).isPositive();
        }
    }

    @Test
    void shouldKeepItsDiskBoundedAndSeedAWipedMemberFromASnapshot()
    {
        for (int id = 0; id < MEMBERS; id++)
        {
            members.add(launch(id));
        }
        await(() -> members.stream().anyMatch(Controller::isLeader));
        final int leader = leader();
        try (BrokerStandIn broker = new BrokerStandIn(
            1, members.get(leader).aeronDirectoryName(), members.get(leader).ingressEndpoints(), true))
        {
            await(broker::isRegistered, broker);
            final long created = broker.send(new CreateTopic("t", 1, 1, Map.of()));
            await(() -> broker.codes.containsKey(created), broker);

            commit(broker, leader, 0);
            await(() -> all((member) -> logStart(member) > 0), broker);
            final long sizeAfterOneRound = sizeOfArchive(members.get(leader));
            commit(broker, leader, COMMITS);
            commit(broker, leader, 2 * COMMITS);
            final long start = logStart(members.get(leader));
            await(() -> all((member) -> logStart(member) >= start), broker);
            // 4.6 MB of log a round; a segment is 1 MiB, and two snapshots with the log between them stay.
            await(() -> sizeOfArchive(members.get(leader)) <= sizeAfterOneRound + 1024 * 1024, broker);
            assertThat(new SnapshotFiles(members.get(leader)).count()).isLessThanOrEqualTo(6);

            final int wiped = (leader + 1) % MEMBERS;
            final int other = (leader + 2) % MEMBERS;
            members.get(wiped).close();
            IoUtil.delete(new File(directory, "member-" + wiped), false);
            members.set(wiped, launch(wiped));
            await(() -> relaunched(wiped).isReady(), broker);
            assertThat(logStart(members.get(wiped))).isPositive();

            // From here on nothing is decided without the member that lost everything.
            members.get(other).close();
            final long after = broker.send(new CreateTopic("after", 1, 1, Map.of()));
            await(() -> broker.codes.containsKey(after), broker);
            assertThat(broker.codes.get(after)).isEqualTo(Codes.OK);
            assertThat(broker.log).doesNotHaveDuplicates();
        }
        // What the wiped member has learnt is the whole: it can lead.
        final int wiped = (leader + 1) % MEMBERS;
        final int other = (leader + 2) % MEMBERS;
        members.get(leader).close();
        members.set(other, launch(other));
        await(() -> members.get(wiped).isLeader());
        try (BrokerStandIn broker = new BrokerStandIn(
            1, members.get(wiped).aeronDirectoryName(), members.get(wiped).ingressEndpoints(), false))
        {
            await(broker::isRegistered, broker);
            assertThat(broker.image.topic("t")).isNotNull();
            assertThat(broker.image.topic("after")).isNotNull();
            assertThat(broker.image.committedOffset(GROUP, KEY)).isEqualTo(3 * COMMITS - 1);
        }
    }

    /**
     * What is purged depends on where the snapshots stand, and they stand wherever the keeper's thread came by. So that
     * they stand at every megabyte at the least, however busy the machine is, nothing more is committed while the last
     * one is further back: where the log grew to its end between two looks of the keeper, a second snapshot would never
     * be due, and nothing purged.
     */
    private void commit(final BrokerStandIn broker, final int leader, final int from)
    {
        int sent = 0;
        long last = -1;
        while (sent < COMMITS)
        {
            if (sent % COMMITS_BETWEEN_LOOKS == 0)
            {
                await(() -> unsnapshotted(members.get(leader)) <= 2 * SNAPSHOT_BYTES, broker);
            }
            final long id = broker.trySend(new CommitOffset(GROUP, KEY, from + sent));
            if (id >= 0)
            {
                last = id;
                sent++;
            }
            broker.poll();
        }
        // Answers may be lost, what they answer to is in the log: any later one says so as well.
        final long awaited = last;
        await(() -> broker.codes.containsKey(awaited) ||
            broker.image.committedOffset(GROUP, KEY) == from + COMMITS - 1, broker);
    }

    /**
     * One that could not keep up with these commits, and whose next piece of log the others have purged meanwhile, ends
     * by itself to start anew from a snapshot: what a node does then is done here.
     */
    private Controller relaunched(final int id)
    {
        if (members.get(id).isFailed())
        {
            members.get(id).close();
            members.set(id, launch(id));
        }
        return members.get(id);
    }

    private boolean all(final Predicate<Controller> condition)
    {
        boolean result = true;
        for (int id = 0; id < MEMBERS; id++)
        {
            result &= condition.test(relaunched(id));
        }
        return result;
    }

    private static long unsnapshotted(final Controller member)
    {
        return member.commitPosition() - SnapshotLog.read(member.context().clusterDirectory()).newestPosition();
    }

    private int leader()
    {
        for (int id = 0; id < MEMBERS; id++)
        {
            if (members.get(id).isLeader())
            {
                return id;
            }
        }
        throw new AssertionError("no leader");
    }

    private Controller launch(final int id)
    {
        return Controller.launch(new ControllerContext()
            .directory(new File(directory, "member-" + id))
            .memberId(id)
            .voters(voters)
            .fileSyncLevel(0)
            .snapshotAfter(SNAPSHOT_BYTES, TimeUnit.HOURS.toNanos(1)));
    }

    private static long logStart(final Controller member)
    {
        return new SnapshotFiles(member).logStart();
    }

    private static long sizeOfArchive(final Controller member)
    {
        return new SnapshotFiles(member).length();
    }

    private static void await(final BooleanSupplier condition, final BrokerStandIn... brokers)
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean())
        {
            for (final BrokerStandIn broker : brokers)
            {
                broker.poll();
            }
            LockSupport.parkNanos(500_000);
            assertThat(System.nanoTime() - deadlineNs).as("waited too long; heard %s",
                List.of(brokers).stream().map((broker) -> broker.log).toList()).isNegative();
        }
    }
}
