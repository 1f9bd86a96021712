package io.syncline.broker;

import io.syncline.metadata.ControllerRequest;
import io.syncline.protocol.Codes;
import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the data agents have the conductor tell the controller about partitions: ISR changes, hand-overs, silence. */
final class ControllerReports
{
    private final int brokerId;
    private final Long2ObjectHashMap<LocalPartition> partitions;
    private final BrokerQueues queues;
    private final ControllerLink controller;
    private final BrokerEvents events;

    /**
     * @param partitions of this broker, as they are
     */
    ControllerReports(
        final int brokerId, final Long2ObjectHashMap<LocalPartition> partitions, final BrokerQueues queues,
        final ControllerLink controller, final BrokerEvents events)
    {
        this.brokerId = brokerId;
        this.partitions = partitions;
        this.queues = queues;
        this.controller = controller;
        this.events = events;
    }

    /** R4.3; an answer is owed for every one of them that does not lead to new metadata. */
    void onAlterIsr(
        final long key, final int leaderEpoch, final int partitionEpoch, final int[] isr, final long[] incarnations)
    {
        final ControllerRequest request = new ControllerRequest.AlterIsr(
            key, leaderEpoch, partitionEpoch,
            Arrays.stream(isr).boxed().toList(), Arrays.stream(incarnations).boxed().toList());
        final long result = controller.request(request, (correlationId, code, value, message) ->
        {
            if (code < 0)
            {
                events.partition(key, "isr " + Arrays.toString(isr) + " refused: " + Codes.describe(code) +
                    " leaderEpoch=" + leaderEpoch + " partitionEpoch=" + partitionEpoch + " " + message);
                alterIsrRefused(key, leaderEpoch, partitionEpoch, code);
            }
        });
        if (result < 0)
        {
            alterIsrRefused(key, leaderEpoch, partitionEpoch, Codes.CONTROLLER_UNAVAILABLE);
        }
    }

    /** R5.7; said again by the acks side until the leader epoch ends, so that no answer is waited for. */
    void onHandOver(
        final long key, final int leaderEpoch, final int successor, final long successorIncarnation, final boolean caughtUp)
    {
        events.partition(key, "leaderEpoch=" + leaderEpoch + " is over: broker " + successor +
            (caughtUp ? " has caught up and takes it over" : " did not catch up in time, broker " + brokerId + " leads on"));
        controller.request(
            new ControllerRequest.HandOver(key, leaderEpoch, successor, successorIncarnation, caughtUp),
            (correlationId, code, value, message) -> {});
    }

    /** R5.1. */
    void onLeaderSilent(final int leader, final long[] keys, final int[] leaderEpochs)
    {
        final List<ControllerRequest.LedPartition> silent = new ArrayList<>();
        for (int i = 0; i < keys.length; i++)
        {
            final LocalPartition partition = partitions.get(keys[i]);
            if (partition != null && partition.wanted().leader() == leader &&
                partition.wanted().leaderEpoch() == leaderEpochs[i])
            {
                silent.add(new ControllerRequest.LedPartition(keys[i], leaderEpochs[i]));
            }
        }
        if (!silent.isEmpty())
        {
            events.broker("nothing heard from broker " + leader + ", leader of " + silent.size() + " partitions here");
            controller.request(
                new ControllerRequest.ReportSilence(leader, silent), (correlationId, code, value, message) -> {});
        }
    }

    private void alterIsrRefused(final long key, final int leaderEpoch, final int partitionEpoch, final int code)
    {
        queues.acks().post((agent) -> agent.onAlterIsrRefused(key, leaderEpoch, partitionEpoch, code));
    }
}
