package io.syncline.metadata;

import io.syncline.protocol.controller.ChangesDecoder;
import io.syncline.protocol.controller.ChangesEncoder;
import io.syncline.protocol.controller.MessageHeaderDecoder;
import io.syncline.protocol.controller.MessageHeaderEncoder;
import io.syncline.protocol.controller.ReplyDecoder;
import io.syncline.protocol.controller.ReplyEncoder;
import io.syncline.protocol.controller.RequestDecoder;
import io.syncline.protocol.controller.RequestEncoder;
import io.syncline.protocol.controller.SnapshotBeginDecoder;
import io.syncline.protocol.controller.SnapshotBeginEncoder;
import io.syncline.protocol.controller.SnapshotEndDecoder;
import io.syncline.protocol.controller.SnapshotEndEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Between metadata and bytes: requests to the controller, what it says, and its snapshots. Frames are messages back to
 * back, as {@code controller-codecs.xml} draws them.
 * <p>
 * Belongs to one thread. One instance reads one session's frames in their order, because a snapshot spreads over
 * several.
 */
public final class MetadataCodec
{
    /** Takes requests out of frames. */
    @FunctionalInterface
    public interface RequestHandler
    {
        /**
         * @param correlationId chosen by the sender
         * @param request       decoded
         */
        void onRequest(long correlationId, ControllerRequest request);
    }

    private static final int HEADER_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH;

    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private final RequestEncoder requestEncoder = new RequestEncoder();
    private final RequestDecoder requestDecoder = new RequestDecoder();
    private final ReplyEncoder replyEncoder = new ReplyEncoder();
    private final ReplyDecoder replyDecoder = new ReplyDecoder();
    private final ChangesEncoder changesEncoder = new ChangesEncoder();
    private final ChangesDecoder changesDecoder = new ChangesDecoder();
    private final SnapshotBeginEncoder snapshotBeginEncoder = new SnapshotBeginEncoder();
    private final SnapshotBeginDecoder snapshotBeginDecoder = new SnapshotBeginDecoder();
    private final SnapshotEndEncoder snapshotEndEncoder = new SnapshotEndEncoder();
    private final SnapshotEndDecoder snapshotEndDecoder = new SnapshotEndDecoder();
    private final RequestCodec requests = new RequestCodec();
    private final EventCodec events = new EventCodec();
    private long snapshotVersion = -1;

    /**
     * A whole frame: one request.
     *
     * @param buffer        expandable, or large enough
     * @param offset        in the buffer
     * @param correlationId returned in the reply
     * @param request       to send
     * @return bytes written
     */
    public int encodeRequest(
        final MutableDirectBuffer buffer, final int offset, final long correlationId, final ControllerRequest request)
    {
        requestEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder).correlationId(correlationId);
        final int length = HEADER_LENGTH + requestEncoder.encodedLength();
        return length + requests.encode(request, buffer, offset + length);
    }

    /**
     * A whole frame: one reply.
     *
     * @param buffer        expandable, or large enough
     * @param offset        in the buffer
     * @param correlationId of the request
     * @param code          0 or a code
     * @param value         number asked for
     * @param message       for a person
     * @return bytes written
     */
    public int encodeReply(
        final MutableDirectBuffer buffer,
        final int offset,
        final long correlationId,
        final int code,
        final long value,
        final String message)
    {
        replyEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder)
            .correlationId(correlationId)
            .value(value)
            .code(code)
            .text(message);
        return HEADER_LENGTH + replyEncoder.encodedLength();
    }

    /**
     * Begins a frame of changes; {@link #encodeEvent} continues it.
     *
     * @param buffer       expandable, or large enough
     * @param offset       in the buffer
     * @param firstVersion of the state with the first event applied
     * @return bytes written
     */
    public int encodeChanges(final MutableDirectBuffer buffer, final int offset, final long firstVersion)
    {
        changesEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder).firstVersion(firstVersion);
        return HEADER_LENGTH + changesEncoder.encodedLength();
    }

    /**
     * Begins a snapshot, over as many frames as it takes.
     *
     * @param buffer  expandable, or large enough
     * @param offset  in the buffer
     * @param version of the state
     * @return bytes written
     */
    public int encodeSnapshotBegin(final MutableDirectBuffer buffer, final int offset, final long version)
    {
        snapshotBeginEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder).stateVersion(version);
        return HEADER_LENGTH + snapshotBeginEncoder.encodedLength();
    }

    /**
     * Ends a snapshot.
     *
     * @param buffer  expandable, or large enough
     * @param offset  in the buffer
     * @param version as in its beginning
     * @return bytes written
     */
    public int encodeSnapshotEnd(final MutableDirectBuffer buffer, final int offset, final long version)
    {
        snapshotEndEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder).stateVersion(version);
        return HEADER_LENGTH + snapshotEndEncoder.encodedLength();
    }

    /**
     * Appends an event to a frame of changes or of a snapshot.
     *
     * @param buffer expandable, or large enough
     * @param offset behind what the frame holds so far
     * @param event  to append
     * @return bytes written
     */
    public int encodeEvent(final MutableDirectBuffer buffer, final int offset, final MetadataEvent event)
    {
        return events.encode(event, buffer, offset);
    }

    /**
     * Reads a frame from a broker.
     *
     * @param buffer  with the frame
     * @param offset  of the frame
     * @param length  of the frame
     * @param handler of its request
     * @throws IllegalArgumentException  where the frame is no request of this schema
     * @throws IndexOutOfBoundsException where it is cut short
     */
    public void decodeRequest(
        final DirectBuffer buffer, final int offset, final int length, final RequestHandler handler)
    {
        if (length < 2 * HEADER_LENGTH + RequestDecoder.BLOCK_LENGTH ||
            wrapHeader(buffer, offset) != RequestDecoder.TEMPLATE_ID)
        {
            throw new IllegalArgumentException("a frame of " + length + " bytes does not begin with a request");
        }
        requestDecoder.wrapAndApplyHeader(buffer, offset, headerDecoder);
        final long correlationId = requestDecoder.correlationId();
        final int bodyOffset = requestDecoder.limit();
        final int templateId = wrapHeader(buffer, bodyOffset);
        final ControllerRequest request = requests.decode(headerDecoder, buffer, bodyOffset);
        if (request == null || requests.limit(templateId) > offset + length)
        {
            throw new IllegalArgumentException("template " + templateId + " in " + length + " bytes is not a whole request");
        }
        handler.onRequest(correlationId, request);
    }

    /**
     * Reads a frame from the controller, or of a snapshot.
     *
     * @param buffer   with the frame
     * @param offset   of the frame
     * @param length   of the frame
     * @param listener hears of its messages
     * @throws IllegalArgumentException  where a message is not of this schema
     * @throws IndexOutOfBoundsException where the frame is cut short
     */
    public void decode(
        final DirectBuffer buffer, final int offset, final int length, final ControllerSession.Listener listener)
    {
        final int end = offset + length;
        long version = snapshotVersion;
        int position = offset;
        while (position < end)
        {
            final int templateId = wrapHeader(buffer, position);
            switch (templateId)
            {
                case ChangesDecoder.TEMPLATE_ID ->
                {
                    changesDecoder.wrapAndApplyHeader(buffer, position, headerDecoder);
                    version = changesDecoder.firstVersion();
                    position = changesDecoder.limit();
                }
                case ReplyDecoder.TEMPLATE_ID ->
                {
                    replyDecoder.wrapAndApplyHeader(buffer, position, headerDecoder);
                    listener.onReply(
                        replyDecoder.correlationId(), replyDecoder.code(), replyDecoder.value(), replyDecoder.text());
                    position = replyDecoder.limit();
                }
                case SnapshotBeginDecoder.TEMPLATE_ID ->
                {
                    snapshotBeginDecoder.wrapAndApplyHeader(buffer, position, headerDecoder);
                    snapshotVersion = snapshotBeginDecoder.stateVersion();
                    version = snapshotVersion;
                    position = snapshotBeginDecoder.limit();
                    listener.onSnapshotBegin(snapshotVersion);
                }
                case SnapshotEndDecoder.TEMPLATE_ID ->
                {
                    snapshotEndDecoder.wrapAndApplyHeader(buffer, position, headerDecoder);
                    snapshotVersion = -1;
                    position = snapshotEndDecoder.limit();
                    listener.onSnapshotEnd();
                }
                default ->
                {
                    final MetadataEvent event = events.decode(headerDecoder, buffer, position);
                    if (event == null)
                    {
                        throw new IllegalArgumentException("template " + templateId + " is not known");
                    }
                    position = events.limit(templateId);
                    listener.onEvent(version, event);
                    if (snapshotVersion < 0)
                    {
                        version++;
                    }
                }
            }
        }
    }

    /** Forgets a snapshot that was cut off with its session. */
    public void reset()
    {
        snapshotVersion = -1;
    }

    private int wrapHeader(final DirectBuffer buffer, final int offset)
    {
        headerDecoder.wrap(buffer, offset);
        if (headerDecoder.schemaId() != MessageHeaderDecoder.SCHEMA_ID)
        {
            throw new IllegalArgumentException("schema " + headerDecoder.schemaId() + " is not the controller's, " +
                MessageHeaderDecoder.SCHEMA_ID + ": the sender is no broker, or of another release");
        }
        return headerDecoder.templateId();
    }
}
