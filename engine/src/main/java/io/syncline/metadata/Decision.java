package io.syncline.metadata;

import io.syncline.protocol.Codes;

import java.util.List;

/**
 * What the controller makes of a request: the events to apply, in order, and the answer. A refusal has no events.
 *
 * @param events  to apply and to tell every broker
 * @param code    0 or a code of {@link Codes}
 * @param value   a number where the request asks for one, -1 otherwise
 * @param message for a person; empty when there is nothing to say
 */
public record Decision(List<MetadataEvent> events, int code, long value, String message)
{
    /** Nothing to do and nobody to tell. */
    static final Decision NOTHING = new Decision(List.of(), Codes.OK, -1, "");

    /** Keeps a copy. */
    public Decision
    {
        events = List.copyOf(events);
    }

    static Decision accepted(final List<MetadataEvent> events, final long value)
    {
        return new Decision(events, Codes.OK, value, "");
    }

    static Decision refused(final int code, final String message)
    {
        return new Decision(List.of(), code, -1, message);
    }

    /** @return true unless the request was refused */
    public boolean isAccepted()
    {
        return code >= 0;
    }
}
