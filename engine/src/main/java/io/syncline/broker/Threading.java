package io.syncline.broker;

/** Who turns a broker's agents. */
public enum Threading
{
    /** A thread for each data agent and one for the conductor: for machines with a core for each. */
    DEDICATED,
    /** All data agents on one thread, the conductor on a second, mostly idle one. */
    SHARED,
    /** No thread at all: the application invokes {@link Broker#dataInvoker()} and {@link Broker#conductorInvoker()}. */
    INVOKER
}
