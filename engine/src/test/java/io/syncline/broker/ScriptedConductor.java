package io.syncline.broker;

import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.record.BatchBuilder;
import io.syncline.replica.MemoryLog;
import io.syncline.stream.Endpoint;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The conductor's half, scripted. */
final class ScriptedConductor implements DeskServices
{
    final ClusterState state = new ClusterState();
    final List<String> calls = new ArrayList<>();
    final List<ControllerRequest> requests = new ArrayList<>();
    private final List<DescribeHandler> describes = new ArrayList<>();
    final MemoryLog log;
    private final long key;
    final PartitionCounters counters = MemoryCounters.ofPartition();
    long requestResult = 101;
    boolean isHosting = true;
    int openReaders;
    int readersOpened;

    ScriptedConductor(final long key)
    {
        this.key = key;
        log = new MemoryLog(key);
    }

    @Override
    public int brokerId()
    {
        return 3;
    }

    @Override
    public long incarnation()
    {
        return 9;
    }

    @Override
    public ClusterState clusterState()
    {
        return state;
    }

    @Override
    public long request(final ControllerRequest request)
    {
        if (requestResult >= 0)
        {
            requests.add(request);
            return requestResult++;
        }
        return requestResult;
    }

    @Override
    public void clientConnected(
        final long clientId, final Endpoint response, final boolean produces, final boolean fetches)
    {
        calls.add("clientConnected " + clientId + " " + response +
            (produces ? " produces" : "") + (fetches ? " fetches" : ""));
    }

    @Override
    public void clientGone(final long clientId)
    {
        calls.add("clientGone " + clientId);
    }

    @Override
    public PartitionCounters counters(final long key)
    {
        return isHosting ? counters : null;
    }

    @Override
    public PartitionReader reader(final long key)
    {
        openReaders++;
        readersOpened++;
        return new MemoryLogReader(log, () -> openReaders--);
    }

    @Override
    public void describe(final long key, final DescribeHandler handler)
    {
        assertThat(key).isEqualTo(this.key);
        describes.add(handler);
    }

    void answerDescribes()
    {
        describes.forEach((handler) -> handler.onDescribed(
            0, 4, 1, 8, new int[]{3}, new long[]{9}, new long[]{10}, new long[]{7}));
        describes.clear();
    }

    void append(final int count)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[256]);
        final BatchBuilder builder = new BatchBuilder().wrap(buffer, 0, 256);
        builder.append(new UnsafeBuffer(new byte[40]), 0, 40, 1);
        final int length = builder.finish();
        for (int i = 0; i < count; i++)
        {
            assertThat(log.appendAsLeader(buffer, 0, length, 1)).isPositive();
        }
    }
}
