package io.syncline.simulator;

import java.util.ArrayList;

/** Messages of a controller session under way in one direction, by the time at which they arrive. */
final class SimMailbox
{
    /** One of them. */
    record Message(long dueNs, byte[] bytes)
    {
    }

    private final ArrayList<Message> messages = new ArrayList<>();

    boolean isEmpty()
    {
        return messages.isEmpty();
    }

    /** Behind everything that is due no later. */
    void add(final Message message)
    {
        int at = messages.size();
        while (at > 0 && messages.get(at - 1).dueNs > message.dueNs)
        {
            at--;
        }
        messages.add(at, message);
    }

    void addAll(final SimMailbox other)
    {
        other.messages.forEach(this::add);
    }

    Message peek()
    {
        return messages.get(0);
    }

    Message poll()
    {
        return messages.remove(0);
    }

    void removeLast()
    {
        messages.remove(messages.size() - 1);
    }

    void clear()
    {
        messages.clear();
    }
}
