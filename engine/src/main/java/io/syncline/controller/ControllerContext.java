package io.syncline.controller;

import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ClusterBackup;
import io.aeron.cluster.ClusterBackupEventsListener;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.service.ClusteredServiceContainer;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.exceptions.AeronEvent;
import io.syncline.metadata.QuorumVoters;
import io.syncline.stream.MediaDrivers;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

import java.io.File;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Settings of a {@link Controller} member. Everything has a default but the directory; a quorum needs {@link #memberId}
 * and {@link #voters} as well.
 */
public final class ControllerContext
{
    /** UDP ports a member takes, from its base port on: ingress, consensus, log, catch-up, archive. */
    public static final int PORTS = QuorumVoters.PORTS;

    /** Bytes of shared memory that a member's own media driver can come to use, with a dozen brokers. */
    public static final long SHARED_MEMORY = 64 * 1024 * 1024;

    private static final int TERM_LENGTH = 64 * 1024;
    private static final int LOG_TERM_LENGTH = 512 * 1024;
    private static final int SESSION_TERM_LENGTH = 256 * 1024;
    private static final int SEGMENT_LENGTH = 1024 * 1024;
    private static final String LOCALHOST = "localhost";
    private static final int NULL_CLUSTER_ID = -1;
    private static final int LOCAL_STREAM_STRIDE = 1000;
    private static final long PEER_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);
    /** A process that stood still for less than this goes on afterwards; one that stood longer starts its member anew. */
    private static final long CLIENT_LIVENESS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long UNBLOCK_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(40);

    private File directory;
    private String aeronDirectoryName;
    private boolean ownsDriver = true;
    private int memberId;
    private String voters = "";
    private int clusterId = NULL_CLUSTER_ID;
    private int fileSyncLevel = 1;
    private long snapshotLogBytes = 4 * 1024 * 1024;
    private long snapshotIntervalNs = TimeUnit.HOURS.toNanos(1);
    private long sessionTimeoutNs = TimeUnit.SECONDS.toNanos(2);
    private long heartbeatTimeoutNs = TimeUnit.SECONDS.toNanos(1);
    private long heartbeatIntervalNs = TimeUnit.MILLISECONDS.toNanos(100);
    private long electionTimeoutNs = TimeUnit.MILLISECONDS.toNanos(300);
    private long egressTimeoutNs = TimeUnit.MILLISECONDS.toNanos(200);
    private Supplier<IdleStrategy> idleStrategySupplier = () -> new BackoffIdleStrategy(
        1, 1, TimeUnit.MICROSECONDS.toNanos(250), TimeUnit.MILLISECONDS.toNanos(4));
    private ErrorHandler errorHandler = ControllerContext::print;
    private String host = LOCALHOST;
    private QuorumVoters quorum;
    private String clusterMembers;
    private String ingressEndpoints;
    private String archiveEndpoint;
    private boolean isConcluded;
    private volatile boolean isTerminated;

    /**
     * @param directory for log, snapshots and locks of this member alone
     * @return this
     */
    public ControllerContext directory(final File directory)
    {
        this.directory = directory;
        return this;
    }

    /** @return the member's directory */
    public File directory()
    {
        return directory;
    }

    /**
     * @param aeronDirectoryName for the member's own media driver, which deletes what it finds there; default: named
     *                           after the member's directory, beside Aeron's default one
     * @return this
     */
    public ControllerContext aeronDirectoryName(final String aeronDirectoryName)
    {
        this.aeronDirectoryName = aeronDirectoryName;
        return this;
    }

    /**
     * @param aeronDirectoryName of a media driver that runs already, for the member to use instead of one of its own
     * @return this
     */
    public ControllerContext externalDriver(final String aeronDirectoryName)
    {
        this.aeronDirectoryName = aeronDirectoryName;
        ownsDriver = false;
        return this;
    }

    /** @return the member runs a media driver of its own */
    boolean ownsDriver()
    {
        return ownsDriver;
    }

    /** @return directory of the media driver */
    String aeronDirectoryName()
    {
        return aeronDirectoryName;
    }

    /** @return a part of the member has ended by itself */
    boolean isTerminated()
    {
        return isTerminated;
    }

    /** @return the quorum has other members */
    boolean hasPeers()
    {
        return clusterMembers.indexOf('|') >= 0;
    }

    /**
     * @param memberId of this member among the voters; 0 where it is alone
     * @return this
     */
    public ControllerContext memberId(final int memberId)
    {
        this.memberId = memberId;
        return this;
    }

    /** @return id among the voters */
    public int memberId()
    {
        return memberId;
    }

    /**
     * @param voters {@code controller.quorum.voters}: {@code id@host:port}, comma-separated, the same at every member.
     *               A member takes {@link #PORTS} ports from its own on. Default: this member alone, on free local
     *               ports
     * @return this
     */
    public ControllerContext voters(final String voters)
    {
        this.voters = voters;
        return this;
    }

    /**
     * @param clusterId distinguishes members that share a media driver; default: the member's id where the driver is
     *                  not its own
     * @return this
     */
    public ControllerContext clusterId(final int clusterId)
    {
        this.clusterId = clusterId;
        return this;
    }

    /** @return number of the Aeron cluster */
    public int clusterId()
    {
        return clusterId;
    }

    /**
     * @param fileSyncLevel Aeron's: 1 makes log and snapshots survive a power cut, 2 their metadata as well
     * @return this
     */
    public ControllerContext fileSyncLevel(final int fileSyncLevel)
    {
        this.fileSyncLevel = fileSyncLevel;
        return this;
    }

    /**
     * @param logBytes   growth of the log after which a snapshot is taken, and what lies before the last but one is
     *                   deleted
     * @param intervalNs after which one is taken where the log has grown less
     * @return this
     */
    public ControllerContext snapshotAfter(final long logBytes, final long intervalNs)
    {
        snapshotLogBytes = logBytes;
        snapshotIntervalNs = intervalNs;
        return this;
    }

    long snapshotLogBytes()
    {
        return snapshotLogBytes;
    }

    long snapshotIntervalNs()
    {
        return snapshotIntervalNs;
    }

    ErrorHandler errorHandler()
    {
        return errorHandler;
    }

    /**
     * @param sessionTimeoutNs {@code broker.session.timeout}: silence after which a broker is fenced
     * @return this
     */
    public ControllerContext sessionTimeoutNs(final long sessionTimeoutNs)
    {
        this.sessionTimeoutNs = sessionTimeoutNs;
        return this;
    }

    /** @return silence after which a broker is fenced */
    public long sessionTimeoutNs()
    {
        return sessionTimeoutNs;
    }

    /**
     * @param timeoutNs  silence of a leading member after which the others elect
     * @param intervalNs of a leading member's heartbeats
     * @param electionNs a candidate waits for ballots
     * @return this
     */
    public ControllerContext quorumTimeouts(final long timeoutNs, final long intervalNs, final long electionNs)
    {
        heartbeatTimeoutNs = timeoutNs;
        heartbeatIntervalNs = intervalNs;
        electionTimeoutNs = electionNs;
        return this;
    }

    /**
     * @param egressTimeoutNs a session may take to accept a frame before it is closed
     * @return this
     */
    public ControllerContext egressTimeoutNs(final long egressTimeoutNs)
    {
        this.egressTimeoutNs = egressTimeoutNs;
        return this;
    }

    /**
     * @param idleStrategySupplier for each of the member's threads. By default each backs off to sleeps of 4 ms: four
     *                             threads a member, mostly idle, that a decision passes through
     * @return this
     */
    public ControllerContext idleStrategySupplier(final Supplier<IdleStrategy> idleStrategySupplier)
    {
        this.idleStrategySupplier = idleStrategySupplier;
        return this;
    }

    /**
     * @param errorHandler for what goes wrong on the member's threads; default: standard error, warnings left out
     * @return this
     */
    public ControllerContext errorHandler(final ErrorHandler errorHandler)
    {
        this.errorHandler = errorHandler;
        return this;
    }

    /** @return {@code memberId=host:port} of every member, comma-separated */
    public String ingressEndpoints()
    {
        return ingressEndpoints;
    }

    /** Checks the settings and fills in what was left open; once. */
    void conclude()
    {
        if (isConcluded)
        {
            throw new IllegalStateException("a controller was launched with these settings already: make new ones");
        }
        if (directory == null)
        {
            throw new IllegalArgumentException("a controller needs a directory: set log.dir");
        }
        if (fileSyncLevel < 0 || fileSyncLevel > 2)
        {
            throw new IllegalArgumentException("file sync level " + fileSyncLevel + " is not 0, 1 or 2");
        }
        if (sessionTimeoutNs < TimeUnit.MILLISECONDS.toNanos(100))
        {
            throw new IllegalArgumentException("broker.session.timeout=" + TimeUnit.NANOSECONDS.toMillis(sessionTimeoutNs) +
                "ms is below 100ms, less than a broker's pauses: raise it");
        }
        isConcluded = true;
        directory = directory.getAbsoluteFile();
        concludeMembers();
        if (clusterId == NULL_CLUSTER_ID)
        {
            clusterId = ownsDriver ? 0 : memberId;
        }
        if (aeronDirectoryName == null)
        {
            aeronDirectoryName = MediaDrivers.directoryFor("controller", directory);
        }
    }

    File archiveDirectory()
    {
        return new File(directory, "archive");
    }

    File clusterDirectory()
    {
        return new File(directory, "cluster");
    }

    File markDirectory()
    {
        return new File(directory, "marks");
    }

    MediaDriver.Context driverContext()
    {
        return new MediaDriver.Context()
            .aeronDirectoryName(aeronDirectoryName)
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(idleStrategySupplier.get())
            .asyncExecutorEnabled(false)
            .termBufferSparseFile(true)
            .publicationTermBufferLength(SESSION_TERM_LENGTH)
            .ipcTermBufferLength(SESSION_TERM_LENGTH)
            .counterValuesBufferLength(1024 * 1024)
            .spiesSimulateConnection(true)
            .timerIntervalNs(TimeUnit.MILLISECONDS.toNanos(100))
            .imageLivenessTimeoutNs(TimeUnit.SECONDS.toNanos(2))
            .publicationConnectionTimeoutNs(TimeUnit.SECONDS.toNanos(2))
            .clientLivenessTimeoutNs(CLIENT_LIVENESS_TIMEOUT_NS)
            .publicationUnblockTimeoutNs(UNBLOCK_TIMEOUT_NS)
            .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(CLIENT_LIVENESS_TIMEOUT_NS))
            .errorHandler(errorHandler);
    }

    Archive.Context archiveContext()
    {
        return new Archive.Context()
            .aeronDirectoryName(aeronDirectoryName)
            .archiveDir(archiveDirectory())
            .markFileDir(markDirectory())
            .archiveId(memberId)
            .controlChannel("aeron:udp?endpoint=" + archiveEndpoint + "|term-length=" + TERM_LENGTH)
            .localControlChannel("aeron:ipc?term-length=" + TERM_LENGTH)
            .localControlStreamId(local(AeronArchive.Configuration.LOCAL_CONTROL_STREAM_ID_DEFAULT))
            .replicationChannel("aeron:udp?endpoint=" + host + ":0")
            .recordingEventsEnabled(false)
            .controlTermBufferLength(TERM_LENGTH)
            .segmentFileLength(SEGMENT_LENGTH)
            .catalogCapacity(128 * 1024)
            .fileSyncLevel(fileSyncLevel)
            .catalogFileSyncLevel(fileSyncLevel)
            .threadingMode(ArchiveThreadingMode.SHARED)
            .idleStrategySupplier(idleStrategySupplier)
            .errorHandler(errorHandler);
    }

    ConsensusModule.Context consensusModuleContext()
    {
        return new ConsensusModule.Context()
            .aeronDirectoryName(aeronDirectoryName)
            .clusterDir(clusterDirectory())
            .markFileDir(markDirectory())
            .clusterId(clusterId)
            .clusterMemberId(memberId)
            .clusterMembers(clusterMembers)
            .ingressChannel("aeron:udp?term-length=" + SESSION_TERM_LENGTH)
            .isIpcIngressAllowed(ownsDriver)
            .replayStreamId(local(ClusteredServiceContainer.Configuration.REPLAY_STREAM_ID_DEFAULT))
            .snapshotStreamId(local(ClusteredServiceContainer.Configuration.SNAPSHOT_STREAM_ID_DEFAULT))
            .consensusModuleStreamId(local(ClusteredServiceContainer.Configuration.CONSENSUS_MODULE_STREAM_ID_DEFAULT))
            .serviceStreamId(local(ClusteredServiceContainer.Configuration.SERVICE_STREAM_ID_DEFAULT))
            .logChannel("aeron:udp?term-length=" + LOG_TERM_LENGTH)
            .consensusChannel("aeron:udp?term-length=" + TERM_LENGTH)
            .replicationChannel("aeron:udp?endpoint=" + host + ":0")
            .sessionTimeoutNs(sessionTimeoutNs)
            .leaderHeartbeatTimeoutNs(heartbeatTimeoutNs)
            .leaderHeartbeatIntervalNs(heartbeatIntervalNs)
            .electionTimeoutNs(electionTimeoutNs)
            .electionStatusIntervalNs(TimeUnit.MILLISECONDS.toNanos(20))
            .startupCanvassTimeoutNs(4 * heartbeatTimeoutNs)
            .terminationTimeoutNs(TimeUnit.SECONDS.toNanos(3))
            .fileSyncLevel(fileSyncLevel)
            .archiveContext(localArchive())
            .idleStrategySupplier(idleStrategySupplier)
            .terminationHook(this::onTermination)
            .errorHandler(errorHandler);
    }

    ClusteredServiceContainer.Context containerContext()
    {
        return new ClusteredServiceContainer.Context()
            .aeronDirectoryName(aeronDirectoryName)
            .clusterDir(clusterDirectory())
            .markFileDir(markDirectory())
            .clusterId(clusterId)
            .serviceName("syncline-controller")
            .snapshotStreamId(local(ClusteredServiceContainer.Configuration.SNAPSHOT_STREAM_ID_DEFAULT))
            .consensusModuleStreamId(local(ClusteredServiceContainer.Configuration.CONSENSUS_MODULE_STREAM_ID_DEFAULT))
            .serviceStreamId(local(ClusteredServiceContainer.Configuration.SERVICE_STREAM_ID_DEFAULT))
            .clusteredService(new ControllerService(errorHandler, egressTimeoutNs))
            .archiveContext(localArchive())
            .idleStrategySupplier(idleStrategySupplier)
            .terminationHook(this::onTermination)
            .errorHandler(errorHandler);
    }

    AeronArchive.Context localArchive()
    {
        return new AeronArchive.Context()
            .aeronDirectoryName(aeronDirectoryName)
            .controlRequestChannel("aeron:ipc?term-length=" + TERM_LENGTH)
            .controlRequestStreamId(local(AeronArchive.Configuration.LOCAL_CONTROL_STREAM_ID_DEFAULT))
            .controlResponseChannel("aeron:ipc?term-length=" + TERM_LENGTH);
    }

    /** For a client with an Aeron client of its own. */
    AeronArchive.Context remoteArchive(final QuorumVoters.Voter voter)
    {
        return remoteArchive()
            .aeronDirectoryName(aeronDirectoryName)
            .controlRequestChannel("aeron:udp?endpoint=" + voter.archive() + "|term-length=" + TERM_LENGTH)
            .messageTimeoutNs(PEER_TIMEOUT_NS)
            .errorHandler(errorHandler);
    }

    ClusterBackup.Context backupContext(final ClusterBackupEventsListener listener)
    {
        final QuorumVoters.Voter self = quorum.voter(memberId);
        return new ClusterBackup.Context()
            .aeronDirectoryName(aeronDirectoryName)
            .clusterDir(clusterDirectory())
            .markFileDir(markDirectory())
            .clusterId(clusterId)
            .clusterConsensusEndpoints(String.join(",", peers().stream().map(QuorumVoters.Voter::consensus).toList()))
            .consensusChannel("aeron:udp?endpoint=" + self.consensus() + "|term-length=" + TERM_LENGTH)
            .catchupEndpoint(self.catchup())
            .catchupChannel("aeron:udp?term-length=" + LOG_TERM_LENGTH)
            .archiveContext(localArchive())
            .clusterArchiveContext(remoteArchive()
                .controlRequestChannel("aeron:udp?endpoint=" + self.archive() + "|term-length=" + TERM_LENGTH))
            .sourceType(ClusterBackup.SourceType.LEADER)
            .initialReplayStart(ClusterBackup.Configuration.ReplayStart.LATEST_SNAPSHOT)
            .clusterBackupResponseTimeoutNs(PEER_TIMEOUT_NS)
            .clusterBackupCoolDownIntervalNs(PEER_TIMEOUT_NS)
            .idleStrategySupplier(idleStrategySupplier)
            .eventsListener(listener)
            .errorHandler(errorHandler);
    }

    /** @return the other members */
    List<QuorumVoters.Voter> peers()
    {
        return quorum == null ? List.of() : quorum.voters().stream().filter((voter) -> voter.id() != memberId).toList();
    }

    private AeronArchive.Context remoteArchive()
    {
        return new AeronArchive.Context()
            .controlRequestChannel("aeron:udp?endpoint=" + archiveEndpoint + "|term-length=" + TERM_LENGTH)
            .controlResponseChannel("aeron:udp?endpoint=" + host + ":0|term-length=" + TERM_LENGTH);
    }

    /** Streams within a machine: members on one media driver must not read each other's. */
    private int local(final int streamId)
    {
        return ownsDriver ? streamId : LOCAL_STREAM_STRIDE * (memberId + 1) + streamId;
    }

    private void concludeMembers()
    {
        quorum = voters.isEmpty() ? null : QuorumVoters.parse(voters);
        if (quorum == null)
        {
            final int[] ports = freePorts();
            final StringBuilder member = new StringBuilder().append(memberId);
            for (final int port : ports)
            {
                member.append(',').append(LOCALHOST).append(':').append(port);
            }
            clusterMembers = member.toString();
            ingressEndpoints = memberId + "=" + LOCALHOST + ":" + ports[0];
            archiveEndpoint = LOCALHOST + ":" + ports[PORTS - 1];
            return;
        }
        final QuorumVoters.Voter self = quorum.voter(memberId);
        if (self == null)
        {
            throw new IllegalArgumentException("controller.quorum.voters=" + voters + " does not name this member, node.id=" +
                memberId + ": add it, or take the role controller away from this node");
        }
        host = self.host();
        archiveEndpoint = self.archive();
        clusterMembers = quorum.clusterMembers();
        ingressEndpoints = quorum.ingressEndpoints();
    }

    private static int[] freePorts()
    {
        final List<DatagramSocket> sockets = new ArrayList<>();
        try
        {
            final int[] ports = new int[PORTS];
            for (int i = 0; i < PORTS; i++)
            {
                final DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                sockets.add(socket);
                ports[i] = socket.getLocalPort();
            }
            return ports;
        }
        catch (final SocketException ex)
        {
            throw new UncheckedIOException("no free UDP port on the loopback interface for the controller", ex);
        }
        finally
        {
            sockets.forEach(DatagramSocket::close);
        }
    }

    /** The owner closes the member; it does not end the process behind the owner's back. */
    void onTermination()
    {
        isTerminated = true;
    }

    private static void print(final Throwable throwable)
    {
        if (!(throwable instanceof AeronEvent || throwable instanceof AgentTerminationException))
        {
            throwable.printStackTrace(System.err);
        }
    }
}
