package io.syncline.metadata;

import io.syncline.protocol.Codes;

import java.util.List;
import java.util.Map;

/**
 * What can be asked of the controller. Every request is answered by a code, a number and a message for a person; what
 * it changed arrives as {@link MetadataEvent}s before the answer.
 * <p>
 * {@link AlterIsr}, {@link ReportSilence}, {@link HandOver}, {@link ReplicaLost} and {@link ShutDownBroker} speak for
 * the broker that registered over the same session;
 * from any other session they are refused with {@link Codes#FENCED}.
 */
public sealed interface ControllerRequest
{
    /**
     * A broker is there (R5.4); first request of a broker's session. Answer: its incarnation.
     *
     * @param brokerId            {@code node.id}
     * @param clusterId           {@code cluster.id}
     * @param directoryId         identity of its log directory; another one than before counts as a lossy restart
     * @param lossy               the restart may have lost appended records (R5.4)
     * @param clientEndpoint      where clients reach it
     * @param replicationEndpoint where its peers reach it
     * @param rack                {@code broker.rack}, empty for none
     * @param defaults            cluster defaults configured at this node; the last one to register wins. Empty leaves
     *                            them
     * @param incarnation         the one this very process was given before, -1 for none: a broker that only lost its
     *                            session, and is not fenced yet, keeps its incarnation, its leaderships and its place
     *                            in every ISR
     * @param recordedIncarnation the last one its directory remembers, of this process or an earlier one, -1 for none:
     *                            controllers that have never come so far are not those that the directory belongs to
     * @param starts              the starts of processes on its directory of which any may be the one that was registered
     *                            last, as far as the directory knows; the last one is this process's. A directory that
     *                            does not know of the start which was registered last is an older copy (D3)
     */
    record RegisterBroker(
        int brokerId,
        String clusterId,
        String directoryId,
        boolean lossy,
        String clientEndpoint,
        String replicationEndpoint,
        String rack,
        Map<String, String> defaults,
        long incarnation,
        long recordedIncarnation,
        List<Long> starts) implements ControllerRequest
    {
        /** Keeps an ordered copy. */
        public RegisterBroker
        {
            defaults = TopicState.orderedCopy(defaults);
            starts = List.copyOf(starts);
        }

        /**
         * The first registration of a process that keeps nothing of its own; parameters as above.
         *
         * @param brokerId            as above
         * @param clusterId           as above
         * @param directoryId         as above
         * @param lossy               as above
         * @param clientEndpoint      as above
         * @param replicationEndpoint as above
         * @param rack                as above
         * @param defaults            as above
         */
        public RegisterBroker(
            final int brokerId,
            final String clusterId,
            final String directoryId,
            final boolean lossy,
            final String clientEndpoint,
            final String replicationEndpoint,
            final String rack,
            final Map<String, String> defaults)
        {
            this(
                brokerId, clusterId, directoryId, lossy, clientEndpoint, replicationEndpoint, rack, defaults, -1, -1,
                List.of());
        }
    }

    /**
     * A leader wants another ISR (R4.3, R4.4). Answer: the new partition epoch.
     *
     * @param key            partition
     * @param leaderEpoch    of the sender's leadership
     * @param partitionEpoch the sender knows
     * @param isr            wanted members, the leader included
     * @param incarnations   of each member as the leader knows it, index by index
     */
    record AlterIsr(long key, int leaderEpoch, int partitionEpoch, List<Integer> isr, List<Long> incarnations)
        implements ControllerRequest
    {
        /** Keeps copies. */
        public AlterIsr
        {
            isr = List.copyOf(isr);
            incarnations = List.copyOf(incarnations);
        }
    }

    /**
     * A follower has heard nothing from a leader for {@code leader.silence.timeout} (R5.1); to be repeated while the
     * silence lasts, about once a {@code leader.silence.timeout}: a report counts for two seconds. Answer: the number
     * of leaderships that moved.
     *
     * @param leader     broker id of the silent leader
     * @param partitions led by it that the sender follows
     */
    record ReportSilence(int leader, List<LedPartition> partitions) implements ControllerRequest
    {
        /** Keeps a copy. */
        public ReportSilence
        {
            partitions = List.copyOf(partitions);
        }
    }

    /**
     * A leadership, as a part of {@link ReportSilence}.
     *
     * @param key         partition
     * @param leaderEpoch the reporter knows
     */
    record LedPartition(long key, int leaderEpoch)
    {
    }

    /**
     * The sending broker wants to stop: leaders move first, then it leaves the ISRs that have other members (R5.7). To
     * be sent again until the answer, the number of partitions it still leads and a live replica could take over, is 0
     * or time is up.
     *
     * @param brokerId the sender's
     */
    record ShutDownBroker(int brokerId) implements ControllerRequest
    {
    }

    /**
     * The leader of a partition with a successor has taken nothing more, and says whether the successor holds
     * everything it has (R5.7). To be sent again until the leader epoch ends. Answer: the next leader epoch.
     *
     * @param key         partition
     * @param leaderEpoch of the sender's leadership
     * @param successor   broker id
     * @param incarnation of the successor that acknowledged the leader's end
     * @param caughtUp    false: it did not get there in time, and the sender is to lead on
     */
    record HandOver(long key, int leaderEpoch, int successor, long incarnation, boolean caughtUp) implements ControllerRequest
    {
    }

    /**
     * The sending broker can no longer answer for what its replica of a partition held (R8.2): the replica leaves ISR
     * and ELR, at any durability level, and the next leader epoch begins, in which nobody has heard anything of it yet.
     * Its broker may put the log aside once it has seen that decision, and not before. To be sent again until then.
     * Answer: the next leader epoch.
     *
     * @param brokerId    the sender's
     * @param incarnation of the sender's registration
     * @param key         partition
     * @param leaderEpoch the sender knows; one that is over is refused, so that a late request does not hit the
     *                    repaired replica
     * @param damaged     true: what the log held is known to be bad, and the replica goes even when nobody is left to
     *                    lead. False: the device failed; the log may be whole and is refused to go where nobody alive
     *                    holds what it holds
     */
    record ReplicaLost(int brokerId, long incarnation, long key, int leaderEpoch, boolean damaged)
        implements ControllerRequest
    {
    }

    /**
     * Answer: the topic id.
     *
     * @param name              up to 249 letters, digits, dots, underscores and hyphens
     * @param partitions        number of partitions, from 1
     * @param replicationFactor replicas of each, from 1; -1 for the cluster's default
     * @param config            topic settings as text, see {@link TopicConfig}
     */
    record CreateTopic(String name, int partitions, int replicationFactor, Map<String, String> config)
        implements ControllerRequest
    {
        /** Keeps an ordered copy. */
        public CreateTopic
        {
            config = TopicState.orderedCopy(config);
        }
    }

    /**
     * Answer: the topic id that was.
     *
     * @param name of the topic
     */
    record DeleteTopic(String name) implements ControllerRequest
    {
    }

    /**
     * Moves a leadership, planned or, where asked by name, uncleanly (R5.2). A planned move begins with this and is
     * done when the successor has caught up (R5.7). Answer: the leader epoch in which the partition is led as asked, if
     * nothing intervenes; in that epoch another leads if it does.
     *
     * @param topic     name
     * @param partition number
     * @param to        broker id; -1 for the preferred replica
     * @param unclean   true: at once, and also a replica outside ISR and ELR may lead; acknowledged records may be lost
     */
    record ElectLeader(String topic, int partition, int to, boolean unclean) implements ControllerRequest
    {
    }

    /**
     * Gives a partition another replica set: the new replicas are added first, the old ones leave when all new ones are
     * in sync. Answer: the partition epoch.
     *
     * @param topic     name
     * @param partition number
     * @param replicas  in assignment order, the first one preferred
     */
    record Reassign(String topic, int partition, List<Integer> replicas) implements ControllerRequest
    {
        /** Keeps a copy. */
        public Reassign
        {
            replicas = List.copyOf(replicas);
        }
    }

    /**
     * Answer: producer id and epoch in one number, see {@link #producerId(long)} and {@link #producerEpoch(long)}.
     *
     * @param name the same name gets the same id with a higher epoch; empty: a new id
     */
    record InitProducer(String name) implements ControllerRequest
    {
        /** Epochs of one producer id; then the name gets a new id. */
        public static final int MAX_EPOCHS = 1 << 15;

        /**
         * @param producerId    from the event
         * @param producerEpoch from the event
         * @return the answer's value
         */
        public static long value(final long producerId, final int producerEpoch)
        {
            return producerId * MAX_EPOCHS + producerEpoch;
        }

        /**
         * @param value of the answer
         * @return the producer id
         */
        public static long producerId(final long value)
        {
            return value / MAX_EPOCHS;
        }

        /**
         * @param value of the answer
         * @return the producer epoch
         */
        public static int producerEpoch(final long value)
        {
            return (int)(value % MAX_EPOCHS);
        }
    }

    /**
     * Answer: the offset.
     *
     * @param group           name of the consumer group
     * @param key             partition
     * @param committedOffset next offset the group wants
     */
    record CommitOffset(String group, long key, long committedOffset) implements ControllerRequest
    {
    }

    /**
     * Answer: the group's committed offset, -1 where there is none.
     *
     * @param group name of the consumer group
     * @param key   partition
     */
    record CommittedOffset(String group, long key) implements ControllerRequest
    {
    }
}
