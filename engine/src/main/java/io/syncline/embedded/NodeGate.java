package io.syncline.embedded;

import io.syncline.stream.Endpoint;

import java.util.function.Predicate;

/**
 * A node's door to the world: closed, nothing goes out and nothing comes in, neither frames nor words of the
 * controller. Any thread turns it, the node's threads ask.
 */
final class NodeGate implements Predicate<Endpoint>
{
    private volatile boolean isOpen = true;

    void isOpen(final boolean isOpen)
    {
        this.isOpen = isOpen;
    }

    boolean isOpen()
    {
        return isOpen;
    }

    @Override
    public boolean test(final Endpoint endpoint)
    {
        return isOpen;
    }
}
