package io.syncline.simulator;

import java.util.function.Supplier;

/** One invariant of PROTOCOL.md, as a class that is named after it; {@link SimInvariants} says when each is asked. */
abstract class SimInvariant
{
    private final String name;

    SimInvariant(final String name)
    {
        this.name = name;
    }

    final void require(final boolean holds, final Supplier<String> message)
    {
        if (!holds)
        {
            throw new Violation(name, message.get());
        }
    }
}
