package io.syncline.broker;

import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Cold commands from the conductor to one data agent, in order. The conductor never waits for a full queue: what does
 * not fit stays on its side and follows with {@link #flush()}.
 *
 * @param <A> the agent that the commands are carried out on, on its own thread
 */
final class CommandQueue<A>
{
    /** Commands that wait on the agent's side at most. */
    static final int CAPACITY = 4096;

    private final OneToOneConcurrentArrayQueue<Consumer<A>> queue = new OneToOneConcurrentArrayQueue<>(CAPACITY);
    private final ArrayDeque<Consumer<A>> overflow = new ArrayDeque<>();

    /**
     * Conductor's thread.
     *
     * @param command to be carried out once, after all earlier ones
     */
    void post(final Consumer<A> command)
    {
        if (!overflow.isEmpty() || !queue.offer(command))
        {
            overflow.add(command);
        }
    }

    /**
     * Conductor's thread: hands over what had not fitted.
     *
     * @return commands handed over
     */
    int flush()
    {
        int work = 0;
        while (!overflow.isEmpty() && queue.offer(overflow.peek()))
        {
            overflow.poll();
            work++;
        }
        return work;
    }

    /** @return commands that wait, on both sides; exact only while nobody is at work on it */
    int size()
    {
        return queue.size() + overflow.size();
    }

    /**
     * Agent's thread: carries out what is there.
     *
     * @param agent to carry it out
     * @return commands carried out
     */
    int drain(final A agent)
    {
        return drain(agent, Integer.MAX_VALUE);
    }

    /**
     * Agent's thread: carries out some of what is there.
     *
     * @param agent to carry it out
     * @param limit commands at most
     * @return commands carried out
     */
    int drain(final A agent, final int limit)
    {
        int work = 0;
        Consumer<A> command;
        while (work < limit && (command = queue.poll()) != null)
        {
            command.accept(agent);
            work++;
        }
        return work;
    }
}
