package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.stream.Outbound;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;

/**
 * A client as the desk knows it: its RESPONSE stream, the answers that wait for room on it, and when it was last heard
 * of. Belongs to the conductor. Answers keep their order; metadata is not queued but noted as due, so that a slow
 * client gets the newest picture, once.
 */
final class ClientSession
{
    /** Answers that wait at most: a client that does not read them loses its session. */
    static final int MAX_WAITING = 1024;

    private final long clientId;
    private final long connectCorrelationId;
    private final Outbound response;
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private long timeOfLastHeardNs;
    private boolean isMetadataDue;
    private boolean isOverrun;
    private boolean isRefused;

    ClientSession(
        final long clientId,
        final long connectCorrelationId,
        final Outbound response,
        final long nowNs)
    {
        this.clientId = clientId;
        this.connectCorrelationId = connectCorrelationId;
        this.response = response;
        timeOfLastHeardNs = nowNs;
    }

    long clientId()
    {
        return clientId;
    }

    /** @return correlation id of the ConnectClient that began this session */
    long connectCorrelationId()
    {
        return connectCorrelationId;
    }

    /** The client is told why it is not served, and forgotten when it falls silent. */
    void refuse()
    {
        isRefused = true;
    }

    boolean isRefused()
    {
        return isRefused;
    }

    void onHeard(final long nowNs)
    {
        timeOfLastHeardNs = nowNs;
    }

    boolean isSilent(final long nowNs, final long timeoutNs)
    {
        return nowNs - timeOfLastHeardNs > timeoutNs;
    }

    /** @return true when the client let more than {@link #MAX_WAITING} answers pile up */
    boolean isOverrun()
    {
        return isOverrun;
    }

    /** @return answers that wait for room */
    int waitingCount()
    {
        return waiting.size();
    }

    void metadataDue(final boolean isDue)
    {
        isMetadataDue = isDue;
    }

    boolean isMetadataDue()
    {
        return isMetadataDue;
    }

    /** Sends an answer, or keeps a copy until there is room. */
    void answer(final DirectBuffer frame, final int length)
    {
        if (!waiting.isEmpty() || response.offer(frame, 0, length) < 0)
        {
            if (waiting.size() >= MAX_WAITING)
            {
                isOverrun = true;
                return;
            }
            final byte[] copy = new byte[length];
            frame.getBytes(0, copy);
            waiting.add(copy);
        }
    }

    /**
     * Sends what nobody waits for: refused, it is tried again by the caller.
     *
     * @return not negative, or a code
     */
    long push(final DirectBuffer frame, final int length)
    {
        return waiting.isEmpty() ? response.offer(frame, 0, length) : Codes.BACK_PRESSURED;
    }

    /** @return answers that went out */
    int flush()
    {
        int work = 0;
        while (!waiting.isEmpty())
        {
            final byte[] frame = waiting.peek();
            view.wrap(frame);
            if (response.offer(view, 0, frame.length) < 0)
            {
                break;
            }
            waiting.poll();
            work++;
        }
        return work;
    }

    void close()
    {
        response.close();
    }
}
