package io.syncline.controller;

import io.aeron.AeronCounters;
import io.aeron.CncFileDescriptor;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.ElectionState;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusterCounters;
import org.agrona.BufferUtil;
import org.agrona.concurrent.status.CountersReader;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;

import static io.aeron.CncFileDescriptor.cncVersionOffset;
import static io.aeron.CncFileDescriptor.createCountersMetaDataBuffer;
import static io.aeron.CncFileDescriptor.createCountersValuesBuffer;
import static io.aeron.CncFileDescriptor.createMetaDataBuffer;

/**
 * What a member says of itself in its counters, read from outside without its help. A killed process leaves its last
 * words: ask the operating system whether it runs.
 *
 * @param memberId         its {@code node.id}
 * @param isLeader         it leads the quorum, as far as it knows
 * @param isInTerm         it takes part in a term: it leads, or follows a leader
 * @param leadershipTermId the term; of two members that believe to lead, the one with the higher term does
 * @param commitPosition   bytes of the log that a majority holds, as far as it knows
 */
public record ControllerStatus(int memberId, boolean isLeader, boolean isInTerm, long leadershipTermId, long commitPosition)
{
    private static final long NONE = -1;

    /**
     * @param directory of a member
     * @return its status, or null where it has none: it never ran, or its media driver has just begun or ended
     */
    public static ControllerStatus read(final File directory)
    {
        final ControllerIdentity identity = ControllerIdentity.load(directory);
        if (identity == null)
        {
            return null;
        }
        final File file = new File(identity.aeronDirectoryName(), CncFileDescriptor.CNC_FILE);
        final MappedByteBuffer cnc = map(file);
        if (cnc == null)
        {
            return null;
        }
        try
        {
            final var metaData = createMetaDataBuffer(cnc);
            final int version = metaData.getIntVolatile(cncVersionOffset(0));
            if (version == 0)
            {
                return null;
            }
            CncFileDescriptor.checkVersion(version);
            return of(identity, new CountersReader(
                createCountersMetaDataBuffer(cnc, metaData), createCountersValuesBuffer(cnc, metaData)));
        }
        finally
        {
            BufferUtil.free(cnc);
        }
    }

    private static ControllerStatus of(final ControllerIdentity identity, final CountersReader counters)
    {
        final int clusterId = identity.aeronClusterId();
        final long role = value(counters, AeronCounters.CLUSTER_NODE_ROLE_TYPE_ID, clusterId);
        final long state = value(counters, AeronCounters.CLUSTER_CONSENSUS_MODULE_STATE_TYPE_ID, clusterId);
        final long election = value(counters, AeronCounters.CLUSTER_ELECTION_STATE_TYPE_ID, clusterId);
        final boolean isInTerm = election == ElectionState.CLOSED.code() &&
            (state == ConsensusModule.State.ACTIVE.code() || state == ConsensusModule.State.SNAPSHOT.code());
        return new ControllerStatus(
            identity.memberId(),
            isInTerm && role == Cluster.Role.LEADER.code(),
            isInTerm,
            value(counters, AeronCounters.CLUSTER_LEADERSHIP_TERM_ID_TYPE_ID, clusterId),
            value(counters, AeronCounters.CLUSTER_COMMIT_POSITION_TYPE_ID, clusterId));
    }

    private static long value(final CountersReader counters, final int typeId, final int clusterId)
    {
        final int counterId = ClusterCounters.find(counters, typeId, clusterId);
        return counterId < 0 ? NONE : counters.getCounterValue(counterId);
    }

    private static MappedByteBuffer map(final File file)
    {
        try (FileChannel channel = FileChannel.open(file.toPath(), StandardOpenOption.READ))
        {
            return channel.size() < CncFileDescriptor.META_DATA_LENGTH ?
                null : channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
        catch (final NoSuchFileException ex)
        {
            return null;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + file, ex);
        }
    }
}
