package io.syncline.stream;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.logbuffer.BufferClaim;
import io.syncline.protocol.Codes;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Frames to one endpoint through an exclusive publication. The conductor's half opens it and publishes it in {@link
 * #opened}; the user's half picks it up there, and hands it back in {@link #retired} when the other side has gone, for
 * a new session.
 */
final class AeronOutbound extends AeronStream implements Outbound
{
    /** Written by the conductor when open, cleared by the user before it retires what it got. */
    private volatile ExclusivePublication opened;
    /** Written by the user, cleared by the conductor. */
    private volatile ExclusivePublication retired;
    /** What the conductor opened and has not closed yet. */
    private ExclusivePublication current;

    /**
     * Seen connected by the conductor: a publication that loses its other side while its user has nothing to send is
     * gone for good, because the other side takes no image of that session again.
     */
    private volatile ExclusivePublication seenConnected;

    private final Refusals refusals;
    private final String endpoint;
    private final BufferClaim claim = new BufferClaim();
    private ExclusivePublication publication;
    private boolean hasBeenConnected;
    private boolean isClosed;

    AeronOutbound(
        final AtomicInteger attention, final String channel, final int streamId, final Refusals refusals,
        final String endpoint)
    {
        super(attention, channel, streamId);
        this.refusals = refusals;
        this.endpoint = endpoint;
    }

    @Override
    public long offer(final DirectBuffer buffer, final int offset, final int length)
    {
        final ExclusivePublication publication = publication();
        if (publication == null)
        {
            return unopened();
        }
        final long result;
        if (length <= publication.maxPayloadLength())
        {
            result = claim(publication, length);
            if (result > 0)
            {
                claim.buffer().putBytes(claim.offset(), buffer, offset, length);
                claim.commit();
            }
        }
        else
        {
            final long first = publication.offer(buffer, offset, length, null);
            result = first == ExclusivePublication.ADMIN_ACTION ? publication.offer(buffer, offset, length, null) : first;
        }
        return result > 0 ? sent(result) : refused(result);
    }

    @Override
    public long offer(
        final DirectBuffer head,
        final int headOffset,
        final int headLength,
        final DirectBuffer body,
        final int bodyOffset,
        final int bodyLength)
    {
        final ExclusivePublication publication = publication();
        if (publication == null)
        {
            return unopened();
        }
        final int length = headLength + bodyLength;
        final long result;
        if (length <= publication.maxPayloadLength())
        {
            result = claim(publication, length);
            if (result > 0)
            {
                final MutableDirectBuffer term = claim.buffer();
                final int claimOffset = claim.offset();
                term.putBytes(claimOffset, head, headOffset, headLength);
                term.putBytes(claimOffset + headLength, body, bodyOffset, bodyLength);
                claim.commit();
            }
        }
        else
        {
            final long first = publication.offer(head, headOffset, headLength, body, bodyOffset, bodyLength, null);
            result = first == ExclusivePublication.ADMIN_ACTION ?
                publication.offer(head, headOffset, headLength, body, bodyOffset, bodyLength, null) : first;
        }
        return result > 0 ? sent(result) : refused(result);
    }

    @Override
    public int maxFrameLength()
    {
        final ExclusivePublication publication = publication();
        return publication == null ? 0 : publication.maxMessageLength();
    }

    @Override
    public boolean isConnected()
    {
        final ExclusivePublication publication = publication();
        if (publication == null)
        {
            return false;
        }
        if (publication.isConnected())
        {
            hasBeenConnected = true;
            return true;
        }
        if (hasBeenConnected(publication))
        {
            retire(publication);
        }
        return false;
    }

    @Override
    public long refusals()
    {
        return refusals.of(endpoint);
    }

    @Override
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            publication = null;
            requestClose();
        }
    }

    /** Who meets the end of a term has begun the next one, and is answered ADMIN_ACTION: nobody need wait for that. */
    private long claim(final ExclusivePublication publication, final int length)
    {
        final long result = publication.tryClaim(length, claim);
        return result == ExclusivePublication.ADMIN_ACTION ? publication.tryClaim(length, claim) : result;
    }

    private ExclusivePublication publication()
    {
        final ExclusivePublication known = publication;
        if (known != null || isClosed)
        {
            return known;
        }
        return publication = opened;
    }

    private long unopened()
    {
        return isClosed ? Codes.CLOSED : Codes.NOT_CONNECTED;
    }

    private long sent(final long position)
    {
        hasBeenConnected = true;
        return position;
    }

    private long refused(final long code)
    {
        if (code == ExclusivePublication.BACK_PRESSURED)
        {
            hasBeenConnected = true;
        }
        else if (code == ExclusivePublication.MAX_POSITION_EXCEEDED ||
            (code == ExclusivePublication.NOT_CONNECTED && hasBeenConnected(publication)))
        {
            retire(publication);
            return Codes.NOT_CONNECTED;
        }
        return code;
    }

    private boolean hasBeenConnected(final ExclusivePublication publication)
    {
        return hasBeenConnected || seenConnected == publication;
    }

    private void retire(final ExclusivePublication publication)
    {
        this.publication = null;
        hasBeenConnected = false;
        // In this order: the conductor opens the next one only after it has seen this one retired.
        opened = null;
        retired = publication;
        raiseAttention();
    }

    @Override
    long request(final Aeron aeron)
    {
        return aeron.asyncAddExclusivePublication(channel, streamId);
    }

    @Override
    boolean hasOpened(final Aeron aeron, final long registrationId)
    {
        current = aeron.getExclusivePublication(registrationId);
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
        if (retired == null)
        {
            return false;
        }
        retired = null;
        closeResource();
        return true;
    }

    @Override
    void watch()
    {
        if (current != null && seenConnected != current && current.isConnected())
        {
            seenConnected = current;
        }
    }

    @Override
    void withdraw(final Aeron aeron, final long registrationId)
    {
        aeron.asyncRemovePublication(registrationId);
    }

    @Override
    void closeResource()
    {
        if (current != null)
        {
            current.close();
            current = null;
            seenConnected = null;
        }
    }
}
