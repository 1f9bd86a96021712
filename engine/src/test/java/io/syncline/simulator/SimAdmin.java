package io.syncline.simulator;

import io.syncline.client.Admin;
import io.syncline.client.ClientException;
import org.agrona.concurrent.IdleStrategy;

import java.util.Map;

/**
 * The real admin client, which blocks: while it waits the rest of the run goes on inside its idle strategy. One call at
 * a time; what a plan asks for meanwhile is asked of the controller itself.
 */
final class SimAdmin
{
    private static final long TIMEOUT_NS = 3_000_000_000L;

    /** Lets time pass. */
    @FunctionalInterface
    interface Pump
    {
        void goOn();
    }

    private final SimTrace trace;
    private final Admin.Context context;
    private Admin admin;
    private boolean isBusy;

    SimAdmin(final SimTrace trace, final Admin.Context context, final Pump pump)
    {
        this.trace = trace;
        this.context = context
            .adminTimeoutNs(TIMEOUT_NS)
            .connectTimeoutNs(TIMEOUT_NS)
            .metadataTimeoutNs(TIMEOUT_NS)
            .idleStrategy(new Pumping(pump));
    }

    boolean isBusy()
    {
        return isBusy;
    }

    void create(final String topic, final int partitions, final int replication, final Map<String, String> config)
    {
        call("create " + topic, () -> admin.createTopic(topic, partitions, replication, config));
    }

    void delete(final String topic)
    {
        call("delete " + topic, () -> admin.deleteTopic(topic));
    }

    void close()
    {
        if (admin != null)
        {
            admin.close();
        }
    }

    private void call(final String what, final Runnable call)
    {
        isBusy = true;
        try
        {
            if (admin == null)
            {
                admin = Admin.connect(context);
            }
            call.run();
            trace.line("admin: " + what);
        }
        catch (final ClientException ex)
        {
            trace.line("admin: " + what + ": " + ex.code());
        }
        finally
        {
            isBusy = false;
        }
    }

    private record Pumping(Pump pump) implements IdleStrategy
    {
        @Override
        public void idle(final int workCount)
        {
            pump.goOn();
        }

        @Override
        public void idle()
        {
            pump.goOn();
        }

        @Override
        public void reset()
        {
        }

        @Override
        public String alias()
        {
            return "simulated";
        }
    }
}
