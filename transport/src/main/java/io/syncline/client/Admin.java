package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.client.BooleanType;
import io.syncline.protocol.client.CreateTopicEncoder;
import io.syncline.protocol.client.DeleteTopicEncoder;
import io.syncline.protocol.client.ElectLeaderEncoder;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.protocol.client.ReassignPartitionEncoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Creates, describes and changes topics. Every call blocks until the answer or its timeout, and throws
 * {@link ClientException} with the controller's own words. Belongs to one thread.
 */
public final class Admin implements AutoCloseable
{
    /** Settings of an admin. */
    public static final class Context extends ClientContext<Context>
    {
        private long adminTimeoutNs = TimeUnit.SECONDS.toNanos(20);

        @Override
        Context self()
        {
            return this;
        }

        /**
         * @param adminTimeoutNs until a request is given up
         * @return this
         */
        public Context adminTimeoutNs(final long adminTimeoutNs)
        {
            this.adminTimeoutNs = adminTimeoutNs;
            return this;
        }

        /** @return until a request is given up */
        public long adminTimeoutNs()
        {
            return adminTimeoutNs;
        }

        @Override
        void conclude()
        {
            requirePositive("adminTimeoutNs", adminTimeoutNs);
            super.conclude();
        }
    }

    private static final int ANY_BROKER = -1;
    private static final ComparisonListener NO_LISTENER = (topic, partition, fromOffset, upToOffset, toOffset) -> {};
    private static final int PREFERRED = -1;

    private final Context ctx;
    private final ClientSession session;
    private final ReplicaVerifier verifier;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final CreateTopicEncoder createTopic = new CreateTopicEncoder();
    private final DeleteTopicEncoder deleteTopic = new DeleteTopicEncoder();
    private final ElectLeaderEncoder electLeader = new ElectLeaderEncoder();
    private final ReassignPartitionEncoder reassignPartition = new ReassignPartitionEncoder();

    private Admin(final Context ctx)
    {
        this.ctx = ctx;
        session = new ClientSession(ctx, ClientSession.Purpose.ADMINISTER, ClientSession.NO_LISTENER);
        verifier = new ReplicaVerifier(session, ctx, ctx.adminTimeoutNs());
    }

    /**
     * @param bootstrap endpoints of one or more brokers, separated by commas
     * @return an admin that knows the cluster
     * @throws ClientException NOT_CONNECTED when no broker answers in time
     */
    public static Admin connect(final String bootstrap)
    {
        return connect(new Context().bootstrap(bootstrap));
    }

    /**
     * @param context settings; belongs to this admin from now on
     * @return an admin that knows the cluster
     * @throws ClientException NOT_CONNECTED when no broker answers in time
     */
    public static Admin connect(final Context context)
    {
        context.conclude();
        context.openStreams();
        final Admin admin = new Admin(context);
        admin.session.start();
        try
        {
            admin.session.awaitReady("admin");
            return admin;
        }
        catch (final RuntimeException ex)
        {
            admin.close();
            throw ex;
        }
    }

    /**
     * @param name              of the topic
     * @param partitions        how many
     * @param replicationFactor replicas of each partition, -1 for the cluster's default
     * @return the topic, once the metadata shows it
     */
    public TopicInfo createTopic(final String name, final int partitions, final int replicationFactor)
    {
        return createTopic(name, partitions, replicationFactor, Map.of());
    }

    /**
     * @param name              of the topic
     * @param partitions        how many
     * @param replicationFactor replicas of each partition, -1 for the cluster's default
     * @param configs           settings that differ from the cluster's, {@code min.insync.replicas} for one
     * @return the topic, once the metadata shows it
     * @throws ClientException TOPIC_EXISTS, NOT_ENOUGH_BROKERS, INVALID_REQUEST, TIMED_OUT
     */
    public TopicInfo createTopic(
        final String name, final int partitions, final int replicationFactor, final Map<String, String> configs)
    {
        final ClientRequest request = call("create topic '" + name + "' with " + partitions +
            " partitions and " + (replicationFactor < 0 ? "the default replication factor" :
            "replication factor " + replicationFactor), (buffer, clientId, correlationId) ->
        {
            createTopic.wrapAndApplyHeader(buffer, 0, header)
                .clientId(clientId)
                .correlationId(correlationId)
                .partitions(partitions)
                .replicationFactor(replicationFactor);
            final CreateTopicEncoder.ConfigsEncoder group = createTopic.configsCount(configs.size());
            configs.forEach((key, value) -> group.next().key(key).value(value));
            createTopic.name(name);
            return MessageHeaderEncoder.ENCODED_LENGTH + createTopic.encodedLength();
        });
        if (!(request.code == Codes.TOPIC_EXISTS && request.sends > 1))
        {
            // Sent twice because the first answer was lost, it may be ours that exists.
            request.requireOk();
        }
        return awaitOnline(name, request.value);
    }

    /**
     * @param name of the topic; its records are gone for good
     * @throws ClientException UNKNOWN_TOPIC, TIMED_OUT
     */
    public void deleteTopic(final String name)
    {
        final ClientRequest request = call("delete topic '" + name + "'", (buffer, clientId, correlationId) ->
        {
            deleteTopic.wrapAndApplyHeader(buffer, 0, header)
                .clientId(clientId)
                .correlationId(correlationId)
                .name(name);
            return MessageHeaderEncoder.ENCODED_LENGTH + deleteTopic.encodedLength();
        });
        if (!(request.code == Codes.UNKNOWN_TOPIC && request.sends > 1))
        {
            request.requireOk();
        }
    }

    /** @return names of all topics, sorted */
    public List<String> listTopics()
    {
        session.refresh(ctx.metadataTimeoutNs());
        return session.view().topicNames();
    }

    /**
     * @param topic name
     * @return its partitions with what their leaders know of the replicas
     * @throws ClientException UNKNOWN_TOPIC
     */
    public TopicDescription describe(final String topic)
    {
        final TopicInfo info = findTopic(topic);
        final List<PartitionDescription> partitions = new ArrayList<>();
        for (int i = 0; i < info.partitions().size(); i++)
        {
            partitions.add(verifier.describe(info.topicId(), topic, i));
        }
        return new TopicDescription(topic, info.topicId(), info.configs(), List.copyOf(partitions));
    }

    /** @return brokers and topics as the newest metadata shows them */
    public ClusterDescription describeCluster()
    {
        session.refresh(ctx.metadataTimeoutNs());
        return session.view().describe();
    }

    /**
     * Moves a leadership to the preferred replica, the first of the assignment.
     *
     * @param topic     name
     * @param partition from 0
     * @return the new leader epoch
     */
    public int elect(final String topic, final int partition)
    {
        return elect(topic, partition, PREFERRED, false);
    }

    /**
     * Moves a leadership. A planned move waits until the new leader holds everything that the old one has, and loses
     * nothing; producers see no error. When it does not get there, the old leader leads on.
     *
     * @param topic     name
     * @param partition from 0
     * @param to        broker to lead, -1 for the preferred replica
     * @param unclean   true does not wait, and takes a replica that is not in sync as well: acknowledged records can be
     *                  lost
     * @return the new leader epoch
     * @throws ClientException UNKNOWN_TOPIC, UNKNOWN_PARTITION, INELIGIBLE_REPLICA where it cannot lead or did not
     * catch up,
     *                         INVALID_REQUEST, TIMED_OUT
     */
    public int elect(final String topic, final int partition, final int to, final boolean unclean)
    {
        final int leaderEpoch = (int)call("elect leader of " + topic + "-" + partition +
            (to < 0 ? "" : " to broker " + to), (buffer, clientId, correlationId) ->
        {
            electLeader.wrapAndApplyHeader(buffer, 0, header)
                .clientId(clientId)
                .correlationId(correlationId)
                .partition(partition)
                .to(to)
                .unclean(unclean ? BooleanType.T : BooleanType.F)
                .name(topic);
            return MessageHeaderEncoder.ENCODED_LENGTH + electLeader.encodedLength();
        }).requireOk().value;
        return awaitElected(topic, partition, to, leaderEpoch);
    }

    /**
     * Gives a partition another set of replicas.
     *
     * @param topic     name
     * @param partition from 0
     * @param replicas  broker ids in assignment order
     * @throws ClientException UNKNOWN_TOPIC, UNKNOWN_PARTITION, INVALID_REQUEST, TIMED_OUT
     */
    public void reassign(final String topic, final int partition, final List<Integer> replicas)
    {
        call("reassign " + topic + "-" + partition + " to " + replicas, (buffer, clientId, correlationId) ->
        {
            reassignPartition.wrapAndApplyHeader(buffer, 0, header)
                .clientId(clientId)
                .correlationId(correlationId)
                .partition(partition);
            final ReassignPartitionEncoder.ReplicasEncoder group = reassignPartition.replicasCount(replicas.size());
            replicas.forEach((brokerId) -> group.next().brokerId(brokerId));
            reassignPartition.name(topic);
            return MessageHeaderEncoder.ENCODED_LENGTH + reassignPartition.encodedLength();
        }).requireOk();
    }

    /**
     * Compares the replicas of a partition up to the leader's high watermark by checksums over their batches.
     *
     * @param topic     name
     * @param partition from 0
     * @return what was compared, and the first difference of each replica that has one
     * @throws ClientException UNKNOWN_TOPIC, UNKNOWN_PARTITION, LEADER_NOT_AVAILABLE, TIMED_OUT
     */
    public ReplicaComparison verifyReplicas(final String topic, final int partition)
    {
        final TopicInfo info = findTopic(topic);
        if (partition < 0 || partition >= info.partitions().size())
        {
            throw new ClientException(Codes.UNKNOWN_PARTITION, "topic '" + topic + "' has partitions 0 to " +
                (info.partitions().size() - 1) + ", not " + partition);
        }
        return verifier.compare(info.topicId(), topic, partition, NO_LISTENER);
    }

    /**
     * As {@link #verifyReplicas(String, int)} for every partition.
     *
     * @param topic name
     * @return one comparison for each partition
     */
    public List<ReplicaComparison> verifyReplicas(final String topic)
    {
        return verifyReplicas(topic, NO_LISTENER);
    }

    /**
     * As {@link #verifyReplicas(String)}.
     *
     * @param topic    name
     * @param listener is told how far it has come, several times a second
     * @return one comparison for each partition
     */
    public List<ReplicaComparison> verifyReplicas(final String topic, final ComparisonListener listener)
    {
        final TopicInfo info = findTopic(topic);
        final List<ReplicaComparison> comparisons = new ArrayList<>();
        for (int i = 0; i < info.partitions().size(); i++)
        {
            comparisons.add(verifier.compare(info.topicId(), topic, i, listener));
        }
        return comparisons;
    }

    /** @return true after {@link #close()} */
    public boolean isClosed()
    {
        return session.isClosed();
    }

    /** Ends the sessions. */
    @Override
    public void close()
    {
        session.close();
    }

    private TopicInfo findTopic(final String topic)
    {
        session.refresh(ctx.metadataTimeoutNs());
        return session.awaitTopic(topic);
    }

    /** The controller has created it; clients can use it once brokers tell of it and every partition has its leader. */
    private TopicInfo awaitOnline(final String name, final long topicId)
    {
        final long startNs = ctx.nanoClock().nanoTime();
        while (ctx.nanoClock().nanoTime() - startNs < ctx.adminTimeoutNs())
        {
            final TopicInfo topic = session.view().topic(name);
            if (topic != null && (topicId < 0 || topic.topicId() >= topicId) &&
                topic.partitions().stream().allMatch((partition) -> partition.leader() >= 0))
            {
                return topic;
            }
            session.wantMetadata();
            ctx.idleStrategy().idle(session.doWork());
        }
        throw new ClientException(Codes.TIMED_OUT, "topic '" + name + "' was created, but not every partition has a " +
            "leader in metadata version " + session.view().version());
    }

    /** The controller has begun the move; the leader's word ends it, and with it the leader epoch. */
    private int awaitElected(final String topic, final int partition, final int to, final int leaderEpoch)
    {
        final long startNs = ctx.nanoClock().nanoTime();
        while (ctx.nanoClock().nanoTime() - startNs < ctx.adminTimeoutNs())
        {
            final TopicInfo info = session.view().topic(topic);
            if (info != null && partition < info.partitions().size() &&
                info.partitions().get(partition).leaderEpoch() >= leaderEpoch)
            {
                final PartitionInfo led = info.partitions().get(partition);
                final int wanted = to < 0 ? led.replicas().get(0) : to;
                if (led.leader() != wanted)
                {
                    throw new ClientException(Codes.INELIGIBLE_REPLICA, "broker " + wanted + " did not catch up with the " +
                        "leader of " + topic + "-" + partition + " in time, broker " + led.leader() + " leads in epoch " +
                        led.leaderEpoch() + ": see what holds it up, and ask again");
                }
                return led.leaderEpoch();
            }
            session.wantMetadata();
            ctx.idleStrategy().idle(session.doWork());
        }
        throw new ClientException(Codes.TIMED_OUT, "the election of a leader of " + topic + "-" + partition + " was begun, but " +
            "its leader epoch " + leaderEpoch + " is not in metadata version " + session.view().version() + ": describe the topic");
    }

    private ClientRequest call(final String what, final ClientRequest.Encoder encoder)
    {
        return session.requests().call(what, ANY_BROKER, ctx.adminTimeoutNs(), encoder);
    }
}
