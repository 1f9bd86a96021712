package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Streams;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.SystemNanoClock;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * What every client is configured with. A context belongs to one client.
 *
 * @param <T> the context itself, so that setters chain
 */
public abstract class ClientContext<T extends ClientContext<T>>
{
    /** Version of the client protocol this client speaks. */
    public static final int PROTOCOL_VERSION = 0;

    private static final char DIRECTORY_MARK = '@';

    private String bootstrap;
    private String clientName = "";
    private long clientId = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private String clientHost;
    private Streams streams;
    private boolean ownsStreams;
    private String aeronDirectoryName;
    private NanoClock nanoClock = SystemNanoClock.INSTANCE;
    private EpochNanoClock epochClock = new RecordClock();
    private IdleStrategy idleStrategy = new SleepingMillisIdleStrategy(1);
    private ErrorHandler errorHandler = (t) -> {};
    private long connectTimeoutNs = TimeUnit.SECONDS.toNanos(20);
    private long metadataTimeoutNs = TimeUnit.SECONDS.toNanos(5);
    private long requestTimeoutNs = TimeUnit.MILLISECONDS.toNanos(500);
    private long keepAliveIntervalNs = TimeUnit.MILLISECONDS.toNanos(500);
    private long linkTimeoutNs = TimeUnit.SECONDS.toNanos(4);
    private long retryBackoffNs = TimeUnit.MILLISECONDS.toNanos(20);
    private List<Endpoint> bootstrapEndpoints;

    abstract T self();

    /**
     * @param bootstrap endpoints of one or more brokers, separated by commas: {@code host:port} or {@code ipc:number}, the
     *                  latter also as {@code ipc:number@directory} with the Aeron directory that holds where none is set
     * @return this
     */
    public T bootstrap(final String bootstrap)
    {
        this.bootstrap = bootstrap;
        return self();
    }

    /** @return endpoints of one or more brokers */
    public String bootstrap()
    {
        return bootstrap;
    }

    /**
     * @param clientName shown by brokers, for people; empty by default
     * @return this
     */
    public T clientName(final String clientName)
    {
        this.clientName = clientName;
        return self();
    }

    /** @return shown by brokers, for people */
    public String clientName()
    {
        return clientName;
    }

    /**
     * @param clientId above 0, no other client's; drawn at random by default. Given where runs must repeat themselves
     * @return this
     */
    public T clientId(final long clientId)
    {
        this.clientId = clientId;
        return self();
    }

    /** @return no other client's */
    public long clientId()
    {
        return clientId;
    }

    /**
     * @param clientHost address at which brokers reach this client; by default the local address of the route to the
     *                   first bootstrap broker
     * @return this
     */
    public T clientHost(final String clientHost)
    {
        this.clientHost = clientHost;
        return self();
    }

    /** @return address at which brokers reach this client, null for the default */
    public String clientHost()
    {
        return clientHost;
    }

    /**
     * @param streams used instead of streams of the client's own; turned by the client's poll, closed by its owner
     * @return this
     */
    public T streams(final Streams streams)
    {
        this.streams = streams;
        this.ownsStreams = false;
        return self();
    }

    /** @return where streams come from */
    public Streams streams()
    {
        return streams;
    }

    /**
     * @param aeronDirectoryName directory of a running media driver; without it the client runs one of its own, on the
     *                           thread that polls
     * @return this
     */
    public T aeronDirectoryName(final String aeronDirectoryName)
    {
        this.aeronDirectoryName = aeronDirectoryName;
        return self();
    }

    /** @return directory of a running media driver, null for one of the client's own */
    public String aeronDirectoryName()
    {
        return aeronDirectoryName;
    }

    /**
     * @param nanoClock measures timeouts
     * @return this
     */
    public T nanoClock(final NanoClock nanoClock)
    {
        this.nanoClock = nanoClock;
        return self();
    }

    /** @return measures timeouts */
    public NanoClock nanoClock()
    {
        return nanoClock;
    }

    /**
     * @param epochClock gives records their timestamps; by default the system's, read without allocating
     * @return this
     */
    public T epochClock(final EpochNanoClock epochClock)
    {
        this.epochClock = epochClock;
        return self();
    }

    /** @return the clock of the records, where it counts on from the system's as {@link #nanoClock()} does; null otherwise */
    final RecordClock recordClock()
    {
        return nanoClock == SystemNanoClock.INSTANCE && epochClock instanceof final RecordClock clock ? clock : null;
    }

    /** @return gives records their timestamps */
    public EpochNanoClock epochClock()
    {
        return epochClock;
    }

    /**
     * @param idleStrategy what blocking calls do between two turns; where the same thread has to turn the brokers as
     *                     well, this is the place
     * @return this
     */
    public T idleStrategy(final IdleStrategy idleStrategy)
    {
        this.idleStrategy = idleStrategy;
        return self();
    }

    /** @return what blocking calls do between two turns */
    public IdleStrategy idleStrategy()
    {
        return idleStrategy;
    }

    /**
     * @param errorHandler hears of trouble that no caller waits for
     * @return this
     */
    public T errorHandler(final ErrorHandler errorHandler)
    {
        this.errorHandler = errorHandler;
        return self();
    }

    /** @return hears of trouble that no caller waits for */
    public ErrorHandler errorHandler()
    {
        return errorHandler;
    }

    /**
     * @param connectTimeoutNs how long connect waits for the first broker
     * @return this
     */
    public T connectTimeoutNs(final long connectTimeoutNs)
    {
        this.connectTimeoutNs = connectTimeoutNs;
        return self();
    }

    /** @return how long connect waits for the first broker */
    public long connectTimeoutNs()
    {
        return connectTimeoutNs;
    }

    /**
     * @param metadataTimeoutNs how long a topic that is not in the metadata is waited for
     * @return this
     */
    public T metadataTimeoutNs(final long metadataTimeoutNs)
    {
        this.metadataTimeoutNs = metadataTimeoutNs;
        return self();
    }

    /** @return how long a topic that is not in the metadata is waited for */
    public long metadataTimeoutNs()
    {
        return metadataTimeoutNs;
    }

    /**
     * @param requestTimeoutNs how long an answer is waited for at first before the same is sent again
     * @return this
     */
    public T requestTimeoutNs(final long requestTimeoutNs)
    {
        this.requestTimeoutNs = requestTimeoutNs;
        return self();
    }

    /** @return how long an answer is waited for at first before the same is sent again */
    public long requestTimeoutNs()
    {
        return requestTimeoutNs;
    }

    /**
     * @param keepAliveIntervalNs time between signs of life to each broker
     * @return this
     */
    public T keepAliveIntervalNs(final long keepAliveIntervalNs)
    {
        this.keepAliveIntervalNs = keepAliveIntervalNs;
        return self();
    }

    /** @return time between signs of life to each broker */
    public long keepAliveIntervalNs()
    {
        return keepAliveIntervalNs;
    }

    /**
     * @param linkTimeoutNs silence after which the session to a broker is given up and opened anew
     * @return this
     */
    public T linkTimeoutNs(final long linkTimeoutNs)
    {
        this.linkTimeoutNs = linkTimeoutNs;
        return self();
    }

    /** @return silence after which the session to a broker is given up and opened anew */
    public long linkTimeoutNs()
    {
        return linkTimeoutNs;
    }

    /**
     * @param retryBackoffNs pause after a refusal, doubled with each further one up to 25 times this
     * @return this
     */
    public T retryBackoffNs(final long retryBackoffNs)
    {
        this.retryBackoffNs = retryBackoffNs;
        return self();
    }

    /** @return pause after a refusal */
    public long retryBackoffNs()
    {
        return retryBackoffNs;
    }

    List<Endpoint> bootstrapEndpoints()
    {
        return bootstrapEndpoints;
    }

    boolean ownsStreams()
    {
        return ownsStreams;
    }

    /** Checks what was set, once, and fills in what was not. */
    void conclude()
    {
        if (bootstrapEndpoints != null)
        {
            throw new ClientException(Codes.INVALID_REQUEST, "this context belongs to another client already");
        }
        if (bootstrap == null || bootstrap.isBlank())
        {
            throw new IllegalArgumentException("bootstrap is not set: give host:port of at least one broker");
        }
        final List<Endpoint> endpoints = new ArrayList<>();
        for (final String endpoint : bootstrap.split(","))
        {
            final int at = endpoint.indexOf(DIRECTORY_MARK);
            endpoints.add(Endpoint.parse((at < 0 ? endpoint : endpoint.substring(0, at)).trim()));
            if (at >= 0 && streams == null && aeronDirectoryName == null)
            {
                aeronDirectoryName = endpoint.substring(at + 1).trim();
            }
        }
        requirePositive("clientId", clientId);
        requirePositive("connectTimeoutNs", connectTimeoutNs);
        requirePositive("metadataTimeoutNs", metadataTimeoutNs);
        requirePositive("requestTimeoutNs", requestTimeoutNs);
        requirePositive("keepAliveIntervalNs", keepAliveIntervalNs);
        requirePositive("retryBackoffNs", retryBackoffNs);
        if (linkTimeoutNs <= keepAliveIntervalNs)
        {
            throw new IllegalArgumentException(
                "linkTimeoutNs " + linkTimeoutNs + " is not above keepAliveIntervalNs " + keepAliveIntervalNs);
        }
        bootstrapEndpoints = endpoints;
    }

    /** Opens streams of the client's own where none were given. Called last, so that a bad setting opens nothing. */
    void openStreams()
    {
        if (streams == null)
        {
            streams = ClientStreams.open(aeronDirectoryName, errorHandler);
            ownsStreams = true;
        }
    }

    static void requirePositive(final String name, final long value)
    {
        if (value <= 0)
        {
            throw new IllegalArgumentException(name + " " + value + " is not above 0");
        }
    }
}
