package io.syncline.stream;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.driver.Configuration;
import io.aeron.logbuffer.LogBufferDescriptor;
import org.agrona.BitUtil;
import org.agrona.ErrorHandler;
import org.agrona.collections.Int2IntHashMap;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

import java.util.concurrent.TimeUnit;

/**
 * Settings of {@link AeronStreams}. Set, then give to {@link AeronStreams#connect(StreamsContext)}, once.
 */
public final class StreamsContext
{
    /** How often an invoked driver is turned in one cycle at most, while it has work. */
    public static final int DRIVER_INVOCATIONS_MAX_DEFAULT = 3;
    /** MTU over UDP where both ends are on one machine: the lever of loopback throughput. */
    public static final int MTU_LENGTH_LOOPBACK = 32 * 1024;
    /** MTU over UDP between machines, within an Ethernet frame. */
    public static final int MTU_LENGTH_NETWORK = 1408;
    /** MTU over IPC, where nothing is ever sent: most batches stay one fragment, and are read where they lie. */
    public static final int MTU_LENGTH_IPC = 65504;
    /** Term length of the streams that carry batches: an eighth of it is the largest frame. */
    public static final int BATCH_TERM_LENGTH_DEFAULT = 4 * 1024 * 1024;
    /** Term length of the streams of small messages. */
    public static final int CONTROL_TERM_LENGTH_DEFAULT = 256 * 1024;
    /** Term length of answers to clients, among them the whole of the metadata. */
    public static final int RESPONSE_TERM_LENGTH_DEFAULT = 2 * 1024 * 1024;
    /** Silence of the driver after which a client gives up: longer than any pause that is not the end. */
    public static final long DRIVER_TIMEOUT_NS_DEFAULT = TimeUnit.SECONDS.toNanos(30);

    /**
     * Term length of the heartbeats, the shortest there is: a stream that is never idle touches every page it has, and
     * an idle node has to hold them all.
     */
    public static final int HEARTBEAT_TERM_LENGTH_DEFAULT = LogBufferDescriptor.TERM_MIN_LENGTH;

    private static final int TERMS_PER_STREAM = 3;
    private static final int MISSING = -1;

    private final Int2IntHashMap termLengths = new Int2IntHashMap(MISSING);
    private Aeron aeron;
    private boolean ownsAeron;
    private String aeronDirectoryName = CommonContext.getAeronDirectoryName();
    private AgentInvoker driverAgentInvoker;
    private Refusals refusals = new Refusals();
    private int driverInvocationsMax = DRIVER_INVOCATIONS_MAX_DEFAULT;
    private int mtuLength;
    private long driverTimeoutNs = DRIVER_TIMEOUT_NS_DEFAULT;
    private ErrorHandler errorHandler = Throwable::printStackTrace;
    private NanoClock nanoClock = SystemNanoClock.INSTANCE;
    private boolean isConcluded;

    /** Starts with the defaults. */
    public StreamsContext()
    {
        for (final int streamId : new int[]{
            StreamIds.PRODUCE, StreamIds.DELIVER, StreamIds.LIVE, StreamIds.BULK })
        {
            termLengths.put(streamId, BATCH_TERM_LENGTH_DEFAULT);
        }
        termLengths.put(StreamIds.RESPONSE, RESPONSE_TERM_LENGTH_DEFAULT);
        termLengths.put(StreamIds.HEARTBEAT, HEARTBEAT_TERM_LENGTH_DEFAULT);
    }

    /**
     * @param aeron a client to share, which stays the caller's to close; without one, streams connect their own
     * @return this
     */
    public StreamsContext aeron(final Aeron aeron)
    {
        this.aeron = aeron;
        return this;
    }

    /** @return the client, the caller's or after {@link #conclude()} one of our own */
    public Aeron aeron()
    {
        return aeron;
    }

    /** @return true when the client goes with the streams */
    public boolean ownsAeron()
    {
        return ownsAeron;
    }

    /**
     * @param aeronDirectoryName where the media driver lives
     * @return this
     */
    public StreamsContext aeronDirectoryName(final String aeronDirectoryName)
    {
        this.aeronDirectoryName = aeronDirectoryName;
        return this;
    }

    /** @return where the media driver lives */
    public String aeronDirectoryName()
    {
        return aeronDirectoryName;
    }

    /**
     * @param driverAgentInvoker turned by {@link AeronStreams#doWork()}, for a driver without threads; give it to one
     *                           streams object only. Null: the driver runs by itself
     * @return this
     */
    public StreamsContext driverAgentInvoker(final AgentInvoker driverAgentInvoker)
    {
        this.driverAgentInvoker = driverAgentInvoker;
        return this;
    }

    /**
     * @param driver of this process, turned by {@link AeronStreams#doWork()}, which also hears from it where nobody
     *               listens, see {@link Outbound#refusals()}; give it to one streams object only
     * @return this
     */
    public StreamsContext invokedDriver(final InvokedDriver driver)
    {
        refusals = driver.refusals();
        return aeronDirectoryName(driver.aeronDirectoryName()).driverAgentInvoker(driver.invoker());
    }

    Refusals refusals()
    {
        return refusals;
    }

    /** @return see {@link #driverAgentInvoker(AgentInvoker)} */
    public AgentInvoker driverAgentInvoker()
    {
        return driverAgentInvoker;
    }

    /**
     * @param driverInvocationsMax turns of an invoked driver in one cycle: it moves one datagram a socket each turn,
     *                             and queues when that is less than arrives in a cycle
     * @return this
     */
    public StreamsContext driverInvocationsMax(final int driverInvocationsMax)
    {
        this.driverInvocationsMax = driverInvocationsMax;
        return this;
    }

    /** @return see {@link #driverInvocationsMax(int)} */
    public int driverInvocationsMax()
    {
        return driverInvocationsMax;
    }

    /**
     * @param streamId   one of {@link StreamIds}
     * @param termLength a power of two from 64 KiB; an eighth of it is the largest frame of that stream
     * @return this
     */
    public StreamsContext termLength(final int streamId, final int termLength)
    {
        if (!BitUtil.isPowerOfTwo(termLength) || termLength < LogBufferDescriptor.TERM_MIN_LENGTH)
        {
            throw new IllegalArgumentException(
                "term length " + termLength + " of stream " + streamId + " is not a power of two of at least " +
                LogBufferDescriptor.TERM_MIN_LENGTH);
        }
        termLengths.put(streamId, termLength);
        return this;
    }

    /**
     * @param streamId one of {@link StreamIds}
     * @return its term length
     */
    public int termLength(final int streamId)
    {
        final int termLength = termLengths.get(streamId);
        return termLength == MISSING ? CONTROL_TERM_LENGTH_DEFAULT : termLength;
    }

    /**
     * @param mtuLength of UDP streams, a multiple of 32; 0: 32 KiB to this machine, 1408 to others
     * @return this
     */
    public StreamsContext mtuLength(final int mtuLength)
    {
        if (mtuLength != 0)
        {
            Configuration.validateMtuLength(mtuLength);
        }
        this.mtuLength = mtuLength;
        return this;
    }

    /** @return see {@link #mtuLength(int)} */
    public int mtuLength()
    {
        return mtuLength;
    }

    /**
     * @param driverTimeoutNs silence of the driver after which the client closes for good
     * @return this
     */
    public StreamsContext driverTimeoutNs(final long driverTimeoutNs)
    {
        this.driverTimeoutNs = driverTimeoutNs;
        return this;
    }

    /** @return see {@link #driverTimeoutNs(long)} */
    public long driverTimeoutNs()
    {
        return driverTimeoutNs;
    }

    /**
     * @param errorHandler gets what goes wrong asynchronously: a refused stream, a dead driver
     * @return this
     */
    public StreamsContext errorHandler(final ErrorHandler errorHandler)
    {
        this.errorHandler = errorHandler;
        return this;
    }

    /** @return see {@link #errorHandler(ErrorHandler)} */
    public ErrorHandler errorHandler()
    {
        return errorHandler;
    }

    /**
     * @param nanoClock paces repeated attempts
     * @return this
     */
    public StreamsContext nanoClock(final NanoClock nanoClock)
    {
        this.nanoClock = nanoClock;
        return this;
    }

    /** @return see {@link #nanoClock(NanoClock)} */
    public NanoClock nanoClock()
    {
        return nanoClock;
    }

    /**
     * Memory in the driver's directory (by default /dev/shm) that one stream can come to use. Files are sparse: it is
     * used as the stream wraps through its terms.
     *
     * @param streamId one of {@link StreamIds}
     * @param isIpc    whether writer and reader share the memory; over UDP each end has its own
     * @return bytes, of both ends together
     */
    public long memoryPerStream(final int streamId, final boolean isIpc)
    {
        final long oneEnd = (long)TERMS_PER_STREAM * termLength(streamId) + LogBufferDescriptor.LOG_META_DATA_LENGTH;
        return isIpc ? oneEnd : 2 * oneEnd;
    }

    /**
     * @param brokers all with one driver directory, each pair joined both ways by four streams
     * @param clients each with four streams, two there and two back, to every broker
     * @param isIpc   see {@link #memoryPerStream(int, boolean)}
     * @return bytes the streams of a whole cluster on one machine can come to use
     */
    public long memoryOfCluster(final int brokers, final int clients, final boolean isIpc)
    {
        return (long)brokers * (brokers - 1) * memoryPerPair(isIpc) + (long)brokers * clients * memoryPerClient(isIpc);
    }

    /**
     * Memory that the streams of one broker over UDP can come to use in its own driver's directory: its end of each.
     *
     * @param peers   other brokers, each joined both ways by live, bulk, control and heartbeat streams
     * @param clients each with four streams, two of them to this broker
     * @return bytes
     */
    public long memoryOfBroker(final int peers, final int clients)
    {
        return peers * memoryPerPair(false) + clients * (memoryPerClient(false) / 2);
    }

    /**
     * Checks the settings and connects to the driver where no client was given.
     *
     * @throws IllegalStateException when called twice
     */
    public void conclude()
    {
        if (isConcluded)
        {
            throw new IllegalStateException("this context is in use already: make a new one");
        }
        if (driverInvocationsMax < 1)
        {
            throw new IllegalArgumentException("driverInvocationsMax " + driverInvocationsMax + " is below 1");
        }
        isConcluded = true;
        if (aeron == null)
        {
            ownsAeron = true;
            aeron = Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(aeronDirectoryName)
                .useConductorAgentInvoker(true)
                .driverAgentInvoker(driverAgentInvoker)
                .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(driverTimeoutNs))
                .errorHandler(errorHandler)
                .subscriberErrorHandler(errorHandler));
        }
    }

    /** One way from one broker to another, both ends of each stream. */
    private long memoryPerPair(final boolean isIpc)
    {
        return memoryPerStream(StreamIds.LIVE, isIpc) + memoryPerStream(StreamIds.BULK, isIpc) +
            memoryPerStream(StreamIds.CONTROL, isIpc) + memoryPerStream(StreamIds.HEARTBEAT, isIpc);
    }

    /** One client and one broker, both ends of each stream: a producer or a consumer, whichever takes more. */
    private long memoryPerClient(final boolean isIpc)
    {
        final long produce =
            memoryPerStream(StreamIds.PRODUCE, isIpc) + memoryPerStream(StreamIds.PRODUCE_ACK, isIpc);
        final long fetch = memoryPerStream(StreamIds.FETCH, isIpc) + memoryPerStream(StreamIds.DELIVER, isIpc);
        return memoryPerStream(StreamIds.REQUEST, isIpc) + memoryPerStream(StreamIds.RESPONSE, isIpc) +
            Math.max(produce, fetch);
    }
}
