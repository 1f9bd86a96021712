package io.syncline.broker;

import io.aeron.Aeron;
import io.aeron.CncFileDescriptor;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.EgressListener;
import io.aeron.cluster.codecs.EventCode;
import io.aeron.logbuffer.Header;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.ControllerSession;
import io.syncline.metadata.MetadataCodec;
import io.syncline.protocol.Codes;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

import java.io.File;
import java.util.concurrent.TimeUnit;

/**
 * A broker's session with a controller on Aeron Cluster. Everything happens on the thread that polls: its Aeron client
 * has no thread of its own and no call waits for the controller. A session that is lost is replaced, as often as it
 * takes.
 */
public final class AeronControllerSession implements ControllerSession, EgressListener
{
    /** Where the session is. */
    private enum State
    {
        /** No conversation; the next attempt is due at a time. */
        DISCONNECTED,
        /** Asked for a session and waits for the answer. */
        CONNECTING,
        /** The controller knows the session. */
        CONNECTED,
        /** Given up by the owner without a word; the client's memory is still mapped. */
        ABANDONED,
        /** Closed by the owner, for good. */
        CLOSED
    }

    private final AeronControllerSessionContext ctx;
    private final Listener listener;
    private final MetadataCodec codec = new MetadataCodec();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
    private State state = State.DISCONNECTED;
    private Aeron aeron;
    private AeronCluster.AsyncConnect connecting;
    private AeronCluster cluster;
    private String lossReason;
    private boolean isLeaderNew;
    private long attemptDeadlineNs = Long.MIN_VALUE;
    private long timeOfLastKeepAliveNs;
    private long timeLastAliveNs;

    /**
     * Opens nothing yet: the first poll does.
     *
     * @param ctx      where the controller is
     * @param listener hears what it says, on the thread that polls
     */
    public AeronControllerSession(final AeronControllerSessionContext ctx, final Listener listener)
    {
        ctx.conclude();
        this.ctx = ctx;
        this.listener = listener;
    }

    @Override
    public int poll(final long nowNs)
    {
        return switch (state)
        {
            case DISCONNECTED -> beginConnecting(nowNs);
            case CONNECTING -> continueConnecting(nowNs);
            case CONNECTED -> pollConnected(nowNs);
            case ABANDONED, CLOSED -> 0;
        };
    }

    /**
     * After a silence of {@code broker.session.timeout} the next poll ends the session. Whoever asks for it again has
     * been stopped for as long, and the controller has let the session lapse; the cluster's client would find out by
     * its own time-outs seconds later, and until then this broker would take itself for what it was.
     */
    @Override
    public void keepAlive(final long nowNs)
    {
        if (state != State.CONNECTED)
        {
            return;
        }
        final long silenceNs = nowNs - timeLastAliveNs;
        timeLastAliveNs = nowNs;
        if (silenceNs >= ctx.sessionTimeoutNs())
        {
            lossReason = "this broker stood still for " + TimeUnit.NANOSECONDS.toMillis(silenceNs) +
                " ms, and broker.session.timeout is " + TimeUnit.NANOSECONDS.toMillis(ctx.sessionTimeoutNs()) + " ms";
        }
        else if (nowNs - timeOfLastKeepAliveNs >= ctx.keepAliveIntervalNs() && cluster.sendKeepAlive())
        {
            timeOfLastKeepAliveNs = nowNs;
        }
    }

    @Override
    public boolean isConnected()
    {
        return state == State.CONNECTED;
    }

    @Override
    public long send(final long correlationId, final ControllerRequest request)
    {
        if (state == State.CLOSED || state == State.ABANDONED)
        {
            return Codes.CLOSED;
        }
        if (state != State.CONNECTED || cluster.isClosed())
        {
            return Codes.NOT_CONNECTED;
        }
        final int length = codec.encodeRequest(buffer, 0, correlationId, request);
        if (length > cluster.ingressPublication().maxMessageLength() - AeronCluster.SESSION_HEADER_LENGTH)
        {
            return Codes.RECORD_TOO_LARGE;
        }
        final long result = cluster.offer(buffer, 0, length);
        // The session ends by itself where its publication did: to the caller it is a session that is not there.
        return result < 0 ? (result == Codes.BACK_PRESSURED || result == Codes.ADMIN_ACTION ? result : Codes.NOT_CONNECTED) :
            Codes.OK;
    }

    @Override
    public void close()
    {
        if (state == State.ABANDONED)
        {
            CloseHelper.quietClose(aeron);
        }
        else if (state != State.CLOSED)
        {
            CloseHelper.quietCloseAll(connecting, cluster, aeron);
        }
        state = State.CLOSED;
    }

    /**
     * Falls silent at once. The Aeron client stays as it is, since the end of its publication would tell the
     * controller, who is to find out by the session's time-out: {@link #close()} lets go of the client, at any time
     * later, and says nothing either.
     */
    @Override
    public void abandon()
    {
        if (state != State.CLOSED)
        {
            state = State.ABANDONED;
        }
    }

    @Override
    public void onMessage(
        final long clusterSessionId,
        final long timestamp,
        final DirectBuffer buffer,
        final int offset,
        final int length,
        final Header header)
    {
        codec.decode(buffer, offset, length, listener);
    }

    @Override
    public void onSessionEvent(
        final long correlationId,
        final long clusterSessionId,
        final long leadershipTermId,
        final int leaderMemberId,
        final EventCode code,
        final String detail)
    {
        if (code == EventCode.CLOSED || code == EventCode.ERROR || code == EventCode.AUTHENTICATION_REJECTED)
        {
            lossReason = "the controller ended the session: " + code + (detail.isEmpty() ? "" : " " + detail);
        }
    }

    @Override
    public void onNewLeader(
        final long clusterSessionId, final long leadershipTermId, final int leaderMemberId, final String ingressEndpoints)
    {
        isLeaderNew = true;
    }

    /**
     * The session outlives its leader, but what was under way to the old one may be lost, and what the old one did not
     * say any more is not said again: to the listener it is a new session, and it gets a snapshot.
     */
    private void beginAnew()
    {
        isLeaderNew = false;
        codec.reset();
        listener.onDisconnected("another controller leads: what was under way is in doubt");
        listener.onConnected();
    }

    private int beginConnecting(final long nowNs)
    {
        if (attemptDeadlineNs != Long.MIN_VALUE && nowNs - attemptDeadlineNs < 0)
        {
            return 0;
        }
        try
        {
            if (aeron != null && aeron.isClosed())
            {
                aeron = null;
            }
            if (aeron == null)
            {
                // Without a driver the client's constructor would wait for one.
                if (!new File(ctx.aeronDirectoryName(), CncFileDescriptor.CNC_FILE).exists())
                {
                    attemptDeadlineNs = nowNs + ctx.reconnectIntervalNs();
                    return 0;
                }
                aeron = Aeron.connect(ctx.aeronContext());
            }
            connecting = AeronCluster.asyncConnect(ctx.clusterContext(aeron, this));
            state = State.CONNECTING;
            return 1;
        }
        catch (final RuntimeException ex)
        {
            retryLater(nowNs, ex);
            return 0;
        }
    }

    private int continueConnecting(final long nowNs)
    {
        try
        {
            int work = aeron.conductorAgentInvoker().invoke();
            cluster = connecting.poll();
            if (cluster != null)
            {
                connecting = null;
                lossReason = null;
                isLeaderNew = false;
                codec.reset();
                timeOfLastKeepAliveNs = nowNs;
                timeLastAliveNs = nowNs;
                state = State.CONNECTED;
                work++;
                listener.onConnected();
            }
            return work;
        }
        catch (final RuntimeException ex)
        {
            retryLater(nowNs, ex);
            return 1;
        }
    }

    private int pollConnected(final long nowNs)
    {
        int work = 0;
        try
        {
            work += aeron.conductorAgentInvoker().invoke();
            if (!aeron.isClosed() && !cluster.isClosed())
            {
                work += cluster.pollEgress();
                work += state == State.CONNECTED && !cluster.isClosed() ? cluster.pollStateChanges() : 0;
                if (isLeaderNew && lossReason == null && state == State.CONNECTED && !cluster.isClosed())
                {
                    beginAnew();
                }
            }
        }
        catch (final RuntimeException ex)
        {
            ctx.errorHandler().onError(ex);
            lossReason = "the session failed: " + ex.getMessage();
        }
        if (state == State.CONNECTED && (lossReason != null || aeron.isClosed() || cluster.isClosed()))
        {
            final String reason = lossReason != null ? lossReason : aeron.isClosed() ?
                "the controller's media driver is gone, or this client paused too long" :
                "no controller answered within its time-out";
            lossReason = null;
            state = State.DISCONNECTED;
            attemptDeadlineNs = nowNs;
            CloseHelper.quietClose(cluster);
            cluster = null;
            work++;
            listener.onDisconnected(reason);
        }
        return work;
    }

    private void retryLater(final long nowNs, final RuntimeException reason)
    {
        ctx.errorHandler().onError(reason);
        CloseHelper.quietClose(connecting);
        connecting = null;
        attemptDeadlineNs = nowNs + ctx.reconnectIntervalNs();
        state = State.DISCONNECTED;
    }
}
