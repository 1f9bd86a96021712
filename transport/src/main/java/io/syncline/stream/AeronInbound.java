package io.syncline.stream;

import io.aeron.Aeron;
import io.aeron.ControlledFragmentAssembler;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;
import org.agrona.LangUtil;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Frames of all writers to one endpoint and stream. The conductor's half opens the subscription and publishes it in
 * {@link #opened}; the rest belongs to the thread that polls.
 * <p>
 * Writers are served in turn, starting with another one in each poll. Only messages of several fragments are put
 * together in a buffer; all others are handed out where they lie in the term.
 */
final class AeronInbound extends AeronStream implements Inbound
{
    private volatile Subscription opened;
    private Subscription current;
    /** Sessions that have ended, from the conductor: their assembly buffers can go. */
    private final ManyToOneConcurrentLinkedQueue<Integer> endedSessions = new ManyToOneConcurrentLinkedQueue<>();

    private final ControlledFragmentAssembler assembler = new ControlledFragmentAssembler(this::onMessage);
    private final ControlledFragmentHandler fragmentHandler = this::onFragment;
    private Subscription subscription;
    private FrameHandler handler;
    private boolean isRefused;
    private int taken;
    private Throwable failure;
    private boolean isClosed;

    AeronInbound(final AtomicInteger attention, final String channel, final int streamId)
    {
        super(attention, channel, streamId);
    }

    @Override
    public int poll(final FrameHandler handler, final int limit)
    {
        final Subscription subscription = subscription();
        if (subscription == null)
        {
            return 0;
        }
        if (!endedSessions.isEmpty())
        {
            freeEndedSessions();
        }
        this.handler = handler;
        isRefused = false;
        taken = 0;
        // The limit is on fragments: a frame of several counts as many, and one under assembly goes on with the next
        // poll.
        subscription.controlledPoll(fragmentHandler, limit);
        if (failure != null)
        {
            final Throwable thrown = failure;
            failure = null;
            LangUtil.rethrowUnchecked(thrown);
        }
        return taken;
    }

    @Override
    public int connectedCount()
    {
        final Subscription subscription = subscription();
        return subscription == null ? 0 : subscription.imageCount();
    }

    @Override
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            subscription = null;
            requestClose();
        }
    }

    private ControlledFragmentHandler.Action onFragment(
        final DirectBuffer buffer, final int offset, final int length, final Header header)
    {
        // One refusal ends the whole poll, whoever wrote the frame.
        return isRefused ?
            ControlledFragmentHandler.Action.ABORT : assembler.onFragment(buffer, offset, length, header);
    }

    private ControlledFragmentHandler.Action onMessage(
        final DirectBuffer buffer, final int offset, final int length, final Header header)
    {
        try
        {
            if (handler.onFrame(buffer, offset, length))
            {
                taken++;
                return ControlledFragmentHandler.Action.CONTINUE;
            }
            isRefused = true;
            return ControlledFragmentHandler.Action.ABORT;
        }
        catch (final Throwable ex)
        {
            // Aeron would log it and go on; the caller of poll shall have it. The frame counts as taken.
            failure = ex;
            isRefused = true;
            return ControlledFragmentHandler.Action.BREAK;
        }
    }

    private Subscription subscription()
    {
        final Subscription known = subscription;
        if (known != null || isClosed)
        {
            return known;
        }
        return subscription = opened;
    }

    private void freeEndedSessions()
    {
        Integer sessionId;
        while ((sessionId = endedSessions.poll()) != null)
        {
            assembler.freeSessionBuffer(sessionId);
        }
    }

    private void onUnavailableImage(final Image image)
    {
        endedSessions.offer(image.sessionId());
    }

    @Override
    long request(final Aeron aeron)
    {
        return aeron.asyncAddSubscription(channel, streamId, null, this::onUnavailableImage);
    }

    @Override
    boolean hasOpened(final Aeron aeron, final long registrationId)
    {
        current = aeron.getSubscription(registrationId);
        if (current == null)
        {
            return false;
        }
        opened = current;
        return true;
    }

    @Override
    boolean takeRetired()
    {
        return false;
    }

    @Override
    void withdraw(final Aeron aeron, final long registrationId)
    {
        aeron.asyncRemoveSubscription(registrationId);
    }

    @Override
    void closeResource()
    {
        if (current != null)
        {
            current.close();
            current = null;
        }
    }
}
