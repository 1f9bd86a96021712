package io.syncline.broker;

import io.aeron.Aeron;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.EgressListener;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.NoOpIdleStrategy;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Where a broker's controller is. Either its media driver is this machine's and requests go through shared memory, or
 * its members listen on UDP and any media driver will do.
 */
public final class AeronControllerSessionContext
{
    private static final int TERM_LENGTH = 256 * 1024;
    private static final int EGRESS_TERM_LENGTH = 1024 * 1024;

    private String aeronDirectoryName;
    private String ingressEndpoints = "";
    private String egressHost = "localhost";
    private String clientName = "syncline-broker";
    private long sessionTimeoutNs = TimeUnit.SECONDS.toNanos(2);
    private long connectTimeoutNs = TimeUnit.SECONDS.toNanos(2);
    private long reconnectIntervalNs = TimeUnit.MILLISECONDS.toNanos(100);
    private ErrorHandler errorHandler = (throwable) -> {};

    /**
     * @param aeronDirectoryName of a media driver that runs by itself: the controller's own, or any other where
     *                           {@link #ingressEndpoints} are given
     * @return this
     */
    public AeronControllerSessionContext aeronDirectoryName(final String aeronDirectoryName)
    {
        this.aeronDirectoryName = aeronDirectoryName;
        return this;
    }

    /** @return directory of the media driver */
    public String aeronDirectoryName()
    {
        return aeronDirectoryName;
    }

    /**
     * @param ingressEndpoints {@code memberId=host:port}, comma-separated; empty: the only member shares the media
     *                         driver
     * @return this
     */
    public AeronControllerSessionContext ingressEndpoints(final String ingressEndpoints)
    {
        this.ingressEndpoints = ingressEndpoints;
        return this;
    }

    /**
     * @param egressHost address of this machine that the members can reach
     * @return this
     */
    public AeronControllerSessionContext egressHost(final String egressHost)
    {
        this.egressHost = egressHost;
        return this;
    }

    /**
     * @param clientName shown in Aeron's counters
     * @return this
     */
    public AeronControllerSessionContext clientName(final String clientName)
    {
        this.clientName = clientName;
        return this;
    }

    /**
     * @param sessionTimeoutNs {@code broker.session.timeout}, as the controller has it; keep-alives go out eight times
     *                         as often
     * @return this
     */
    public AeronControllerSessionContext sessionTimeoutNs(final long sessionTimeoutNs)
    {
        this.sessionTimeoutNs = sessionTimeoutNs;
        return this;
    }

    /**
     * @param connectTimeoutNs after which an attempt to connect is given up and made anew
     * @return this
     */
    public AeronControllerSessionContext connectTimeoutNs(final long connectTimeoutNs)
    {
        this.connectTimeoutNs = connectTimeoutNs;
        return this;
    }

    /**
     * @param errorHandler for failed attempts, which are repeated
     * @return this
     */
    public AeronControllerSessionContext errorHandler(final ErrorHandler errorHandler)
    {
        this.errorHandler = errorHandler;
        return this;
    }

    ErrorHandler errorHandler()
    {
        return errorHandler;
    }

    long sessionTimeoutNs()
    {
        return sessionTimeoutNs;
    }

    long keepAliveIntervalNs()
    {
        return sessionTimeoutNs / 8;
    }

    long reconnectIntervalNs()
    {
        return reconnectIntervalNs;
    }

    void conclude()
    {
        if (aeronDirectoryName == null)
        {
            throw new IllegalArgumentException(
                "a controller session needs the directory of a media driver: the controller's, or one for UDP (aeron.dir)");
        }
    }

    Aeron.Context aeronContext()
    {
        return new Aeron.Context()
            .aeronDirectoryName(aeronDirectoryName)
            .clientName(clientName)
            .useConductorAgentInvoker(true)
            .errorHandler(errorHandler)
            .subscriberErrorHandler((throwable) ->
            {
                // What a listener throws is the poller's to hear, not to be swallowed by a poll.
                if (throwable instanceof RuntimeException ex)
                {
                    throw ex;
                }
                errorHandler.onError(throwable);
            });
    }

    AeronCluster.Context clusterContext(final Aeron aeron, final EgressListener listener)
    {
        final AeronCluster.Context context = new AeronCluster.Context()
            .aeron(aeron)
            .ownsAeronClient(false)
            .clientName(clientName)
            .messageTimeoutNs(connectTimeoutNs)
            .idleStrategy(NoOpIdleStrategy.INSTANCE)
            .errorHandler(errorHandler)
            .egressListener(listener);
        if (ingressEndpoints.isEmpty())
        {
            // Sessions of one driver would all read a common egress stream: each has its own.
            context
                .ingressChannel("aeron:ipc?term-length=" + TERM_LENGTH)
                .egressChannel("aeron:ipc?term-length=" + EGRESS_TERM_LENGTH)
                .egressStreamId(ThreadLocalRandom.current().nextInt(1000, Integer.MAX_VALUE));
        }
        else
        {
            context
                .ingressChannel("aeron:udp?term-length=" + TERM_LENGTH)
                .ingressEndpoints(ingressEndpoints)
                .egressChannel("aeron:udp?term-length=" + EGRESS_TERM_LENGTH + "|endpoint=" + egressHost + ":0");
        }
        return context;
    }
}
