package io.syncline.broker;

/** Who turns a broker's agents. */
public enum Threading
{
    /** A thread for each data agent and one each for the conductor and the logs: for machines with a core for each. */
    DEDICATED,
    /** All data agents on one thread, the conductor and the logs on one each, mostly idle. */
    SHARED,
    /** No thread at all: the application invokes {@link Broker#dataInvoker()} and {@link Broker#conductorInvoker()}. */
    INVOKER
}
