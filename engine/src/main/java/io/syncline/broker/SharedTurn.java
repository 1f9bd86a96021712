package io.syncline.broker;

import io.syncline.stream.StreamsContext;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CompositeAgent;

import java.util.List;

/**
 * All data agents on one thread, the streams with their media driver before them and, where they found work, once more
 * behind them: a datagram's bytes arrive, are worked upon and answered in one turn. Says how much work there was so that
 * an idle broker sleeps: its driver moves heartbeats and status messages several hundred times a second, and a thread
 * that stayed awake a while after each of them would do nothing else.
 * <p>
 * What the driver moved is not believed to be work before an agent found some in it. Where a datagram may have been
 * filled, more of the same frame is on its way, and that is work already.
 */
final class SharedTurn implements Agent
{
    /** Bytes below which no datagram was filled: no frame that is put together waits for the next one. */
    static final int FULL_DATAGRAM = StreamsContext.MTU_LENGTH_NETWORK;

    private final Agent agents;
    private final Agent streams;

    /**
     * @param data agents in the order of a record's life, last the one that turns the streams and answers with the bytes
     *             they moved
     */
    SharedTurn(final List<Agent> data)
    {
        agents = new CompositeAgent(data.subList(0, data.size() - 1));
        streams = data.get(data.size() - 1);
    }

    @Override
    public void onStart()
    {
        agents.onStart();
        streams.onStart();
    }

    @Override
    public int doWork() throws Exception
    {
        final int moved = streams.doWork();
        final int found = agents.doWork();
        if (found > 0)
        {
            streams.doWork();
            return found;
        }
        return moved >= FULL_DATAGRAM ? moved : 0;
    }

    @Override
    public void onClose()
    {
        CloseHelper.closeAll(agents::onClose, streams::onClose);
    }

    @Override
    public String roleName()
    {
        return agents.roleName() + "+" + streams.roleName();
    }
}
