package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.client.ClientConnectedDecoder;
import io.syncline.protocol.client.CloseClientEncoder;
import io.syncline.protocol.client.ConnectClientEncoder;
import io.syncline.protocol.client.KeepAliveEncoder;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.protocol.client.MetadataRequestEncoder;
import io.syncline.stream.Endpoint;
import io.syncline.stream.FrameHandler;
import io.syncline.stream.Glance;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import io.syncline.stream.StreamIds;
import io.syncline.stream.Streams;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.concurrent.TimeUnit;

/**
 * One client's session with one broker: streams for requests and for the client's purpose, each there and back, and the
 * handshake that makes them a session. After a loss the session is a new one at a new endpoint, so that nothing of the old one can arrive late.
 */
final class BrokerLink
{
    /** What there is of the session. */
    enum State
    {
        /** No streams; the next attempt waits for its time. */
        IDLE,
        /** Streams are open, ConnectClient goes out until ClientConnected comes. */
        CONNECTING,
        /** Both sides speak. */
        CONNECTED,
        /** Given up for good. */
        CLOSED
    }

    private static final long ATTEMPT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long HELLO_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long HELLO_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int RESPONSE_LIMIT = 10;

    private final ClientSession session;
    private final ClientContext<?> ctx;
    private final Endpoint endpoint;
    private final ExpandableArrayBuffer frame = new ExpandableArrayBuffer(256);
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private final UnsafeBuffer response = new UnsafeBuffer(0, 0);
    private final ConnectClientEncoder connectClient = new ConnectClientEncoder();
    private final KeepAliveEncoder keepAlive = new KeepAliveEncoder();
    private final CloseClientEncoder closeClient = new CloseClientEncoder();
    private final MetadataRequestEncoder metadataRequest = new MetadataRequestEncoder();
    private final ClientConnectedDecoder clientConnected = new ClientConnectedDecoder();
    private final FrameHandler responseHandler = this::onResponse;
    private final Glance glance;

    private State state = State.IDLE;
    private Outbound requests;
    private Outbound produces;
    private Outbound fetches;
    private Inbound responses;
    private Inbound produceAcks;
    private Inbound deliveries;
    private Endpoint responseEndpoint;
    private String advertisedEndpoint;
    private int brokerId;
    private long incarnation = -1;
    private long helloCorrelationId;
    private long nextActionNs;
    private long attemptDeadlineNs;
    private long lastHeardNs;
    private long lastTurnNs;
    private long nextKeepAliveNs;
    private boolean hasProduced;
    private boolean isGlancing;

    BrokerLink(final ClientSession session, final ClientContext<?> ctx, final Endpoint endpoint, final int brokerId,
        final long nowNs)
    {
        this.session = session;
        this.ctx = ctx;
        this.endpoint = endpoint;
        this.brokerId = brokerId;
        nextActionNs = nowNs;
        lastTurnNs = nowNs;
        glance = new Glance(nowNs);
    }

    Endpoint endpoint()
    {
        return endpoint;
    }

    /** @return what the metadata calls this broker's endpoint, null before the first */
    String advertisedEndpoint()
    {
        return advertisedEndpoint;
    }

    void advertisedEndpoint(final String advertisedEndpoint)
    {
        this.advertisedEndpoint = advertisedEndpoint;
    }

    /** @return -1 while a bootstrap endpoint has not told its id */
    int brokerId()
    {
        return brokerId;
    }

    long incarnation()
    {
        return incarnation;
    }

    boolean isConnected()
    {
        return state == State.CONNECTED;
    }

    State state()
    {
        return state;
    }

    int doWork(final long nowNs)
    {
        // Time in which nobody turned this client says nothing about the broker's silence.
        final long pauseNs = nowNs - lastTurnNs;
        lastTurnNs = nowNs;
        if (pauseNs > ctx.keepAliveIntervalNs())
        {
            lastHeardNs += pauseNs;
        }
        isGlancing = glance.isDue(nowNs);
        return switch (state)
        {
            case IDLE -> nowNs - nextActionNs >= 0 ? openStreams(nowNs) : 0;
            case CONNECTING -> sayHello(nowNs);
            case CONNECTED -> isGlancing ? keepUp(nowNs) : 0;
            case CLOSED -> 0;
        };
    }

    /**
     * @param buffer holds a request with its header
     * @param length of it
     * @return not negative, or a code
     */
    long offerRequest(final DirectBuffer buffer, final int length)
    {
        return state == State.CONNECTED ? requests.offer(buffer, 0, length) : Codes.NOT_CONNECTED;
    }

    long offerProduce(
        final DirectBuffer head, final int headLength, final DirectBuffer batch, final int batchLength)
    {
        if (state != State.CONNECTED)
        {
            return Codes.NOT_CONNECTED;
        }
        hasProduced = true;
        return produces.offer(head, 0, headLength, batch, 0, batchLength);
    }

    /** @return largest Produce frame, batch included; only meaningful while connected */
    int maxProduceLength()
    {
        final int maxFrameLength = produces.maxFrameLength();
        return produces.isConnected() ? maxFrameLength : Integer.MAX_VALUE;
    }

    long offerFetch(final DirectBuffer buffer, final int length)
    {
        return state == State.CONNECTED ? fetches.offer(buffer, 0, length) : Codes.NOT_CONNECTED;
    }

    /** Where nothing was produced in this session no ack comes but those of an earlier one, which nobody waits for. */
    int pollProduceAcks(final FrameHandler handler, final int limit)
    {
        return state == State.CONNECTED && (hasProduced || isGlancing) ? produceAcks.poll(handler, limit) : 0;
    }

    int pollDeliveries(final FrameHandler handler, final int limit)
    {
        return state == State.CONNECTED ? deliveries.poll(handler, limit) : 0;
    }

    /** Anything that came from the broker shows that it lives. */
    void onHeard(final long nowNs)
    {
        lastHeardNs = nowNs;
    }

    boolean requestMetadata()
    {
        metadataRequest.wrapAndApplyHeader(frame, 0, headerEncoder)
            .clientId(session.clientId())
            .correlationId(session.nextCorrelationId());
        return offerRequest(frame, MessageHeaderEncoder.ENCODED_LENGTH + metadataRequest.encodedLength()) >= 0;
    }

    /** Ends this session and starts another after a pause. */
    void disconnect(final long nowNs)
    {
        final boolean wasConnected = state == State.CONNECTED;
        closeStreams();
        if (state != State.CLOSED)
        {
            state = State.IDLE;
            nextActionNs = nowNs + ctx.retryBackoffNs();
        }
        if (wasConnected)
        {
            session.onLost(this);
        }
    }

    /** Says good-bye where that is possible, and gives the link up. */
    void close(final long nowNs)
    {
        if (state == State.CONNECTED)
        {
            closeClient.wrapAndApplyHeader(frame, 0, headerEncoder).clientId(session.clientId());
            offerRequest(frame, MessageHeaderEncoder.ENCODED_LENGTH + closeClient.encodedLength());
        }
        final boolean wasConnected = state == State.CONNECTED;
        state = State.CLOSED;
        closeStreams();
        if (wasConnected)
        {
            session.onLost(this);
        }
    }

    /** Gives the link up without a word: the session at the broker belongs to another link now. */
    void abandon()
    {
        state = State.CLOSED;
        closeStreams();
    }

    private int openStreams(final long nowNs)
    {
        final Streams streams = ctx.streams();
        final Endpoint wanted = endpoint.isIpc() ? new Endpoint(null, 0) : new Endpoint(session.clientHost(endpoint), 0);
        responseEndpoint = streams.resolve(wanted);
        responses = streams.listen(responseEndpoint, StreamIds.RESPONSE);
        requests = streams.connect(endpoint, StreamIds.REQUEST);
        switch (session.purpose())
        {
            case PRODUCE ->
            {
                produceAcks = streams.listen(responseEndpoint, StreamIds.PRODUCE_ACK);
                produces = streams.connect(endpoint, StreamIds.PRODUCE);
            }
            case CONSUME ->
            {
                deliveries = streams.listen(responseEndpoint, StreamIds.DELIVER);
                fetches = streams.connect(endpoint, StreamIds.FETCH);
            }
            case ADMINISTER ->
            {
                // Requests are all there is.
            }
        }
        hasProduced = false;
        helloCorrelationId = session.nextCorrelationId();
        attemptDeadlineNs = nowNs + ATTEMPT_TIMEOUT_NS;
        nextActionNs = nowNs;
        state = State.CONNECTING;
        return 1 + sayHello(nowNs);
    }

    private int sayHello(final long nowNs)
    {
        if (nowNs - attemptDeadlineNs >= 0)
        {
            disconnect(nowNs);
            return 1;
        }
        int workCount = responses.poll(responseHandler, RESPONSE_LIMIT);
        if (state == State.CONNECTING && nowNs - nextActionNs >= 0)
        {
            connectClient.wrapAndApplyHeader(frame, 0, headerEncoder)
                .clientId(session.clientId())
                .correlationId(helloCorrelationId)
                .protocolVersion(ClientContext.PROTOCOL_VERSION);
            connectClient.conversations().clear()
                .produce(session.purpose() == ClientSession.Purpose.PRODUCE)
                .fetch(session.purpose() == ClientSession.Purpose.CONSUME);
            connectClient
                .responseEndpoint(responseEndpoint.toString())
                .name(ctx.clientName());
            final int length = MessageHeaderEncoder.ENCODED_LENGTH + connectClient.encodedLength();
            final boolean isSent = requests.offer(frame, 0, length) >= 0;
            nextActionNs = nowNs + (isSent ? HELLO_INTERVAL_NS : HELLO_RETRY_NS);
            workCount++;
        }
        return workCount;
    }

    private int keepUp(final long nowNs)
    {
        final int workCount = responses.poll(responseHandler, RESPONSE_LIMIT);
        if (state != State.CONNECTED)
        {
            return workCount;
        }
        if (workCount > 0)
        {
            lastHeardNs = nowNs;
        }
        if (!requests.isConnected() || nowNs - lastHeardNs > ctx.linkTimeoutNs())
        {
            disconnect(nowNs);
            return workCount + 1;
        }
        if (nowNs - nextKeepAliveNs >= 0)
        {
            keepAlive.wrapAndApplyHeader(frame, 0, headerEncoder).clientId(session.clientId());
            offerRequest(frame, MessageHeaderEncoder.ENCODED_LENGTH + keepAlive.encodedLength());
            // A broker that no longer knows this client stays silent to its keep-alives: ask for something it answers.
            if (nowNs - lastHeardNs > ctx.linkTimeoutNs() / 4)
            {
                requestMetadata();
            }
            nextKeepAliveNs = nowNs + ctx.keepAliveIntervalNs();
        }
        return workCount;
    }

    private boolean onResponse(final DirectBuffer buffer, final int offset, final int length)
    {
        // What lies behind the frame is another's, whatever a group in it says it holds.
        response.wrap(buffer, offset, length);
        if (length < MessageHeaderDecoder.ENCODED_LENGTH ||
            headerDecoder.wrap(response, 0).schemaId() != MessageHeaderDecoder.SCHEMA_ID ||
            headerDecoder.blockLength() > length - MessageHeaderDecoder.ENCODED_LENGTH)
        {
            return true;
        }
        if (headerDecoder.templateId() == ClientConnectedDecoder.TEMPLATE_ID)
        {
            clientConnected.wrapAndApplyHeader(response, 0, headerDecoder);
            onClientConnected();
        }
        else
        {
            session.onResponse(headerDecoder, response, 0);
        }
        return true;
    }

    private void onClientConnected()
    {
        if (state != State.CONNECTING || clientConnected.clientId() != session.clientId() ||
            clientConnected.correlationId() != helloCorrelationId)
        {
            return;
        }
        if (clientConnected.code() != Codes.OK)
        {
            ctx.errorHandler().onError(new ClientException(
                clientConnected.code(), "broker at " + endpoint + " refused client '" + ctx.clientName() + "'"));
            // Streams cannot be closed from inside their own poll: the attempt runs into its deadline at the next turn.
            attemptDeadlineNs = lastTurnNs;
            return;
        }
        brokerId = clientConnected.brokerId();
        incarnation = clientConnected.incarnation();
        state = State.CONNECTED;
        lastHeardNs = lastTurnNs;
        nextKeepAliveNs = lastTurnNs + ctx.keepAliveIntervalNs();
        requestMetadata();
        session.onConnected(this);
    }

    private void closeStreams()
    {
        CloseHelper.quietCloseAll(requests, produces, fetches, responses, produceAcks, deliveries);
        requests = produces = fetches = null;
        responses = produceAcks = deliveries = null;
    }

    @Override
    public String toString()
    {
        return "broker " + brokerId + " at " + endpoint + " (" + state + ")";
    }
}
