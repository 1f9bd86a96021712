package io.syncline.tools;

import io.syncline.broker.AeronControllerSession;
import io.syncline.broker.AeronControllerSessionContext;
import io.syncline.broker.BrokerContext;
import io.syncline.controller.Controller;
import io.syncline.controller.ControllerContext;
import io.syncline.metadata.ControllerSession;
import org.agrona.CloseHelper;

import java.io.File;
import java.util.concurrent.TimeUnit;

/**
 * A node's member of the controller quorum. Where a part of it ends by itself, after the process stood still for longer
 * than Aeron forgives for instance, it is started anew on what is in its directory. Belongs to the node's main thread.
 */
final class ControllerMember implements AutoCloseable
{
    private static final long RELAUNCH_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final NodeConfiguration configuration;
    private Controller controller;
    private long relaunchDeadlineNs;

    /**
     * Launches it.
     *
     * @param configuration with the role controller
     */
    ControllerMember(final NodeConfiguration configuration)
    {
        this.configuration = configuration;
        controller = launch(configuration);
    }

    /**
     * @param dataDirectory {@code log.dir}
     * @return directory of the member's own
     */
    static File directory(final File dataDirectory)
    {
        return new File(dataDirectory, NodeConfiguration.CONTROLLER);
    }

    /** @return the quorum can decide, as far as this member knows */
    boolean isReady()
    {
        return controller != null && controller.isReady();
    }

    /** Looks after the member; to be called now and then. */
    void keepRunning()
    {
        final long nowNs = System.nanoTime();
        if (controller != null && controller.isFailed())
        {
            System.err.println("controller: a part of it ended by itself, starting it anew");
            CloseHelper.quietClose(controller);
            controller = null;
            relaunchDeadlineNs = nowNs;
        }
        if (controller == null && nowNs - relaunchDeadlineNs >= 0)
        {
            relaunchDeadlineNs = nowNs + RELAUNCH_INTERVAL_NS;
            try
            {
                controller = launch(configuration);
            }
            catch (final RuntimeException ex)
            {
                System.err.println("controller: not started, trying again: " + ex.getMessage());
                Syncline.debug(ex);
            }
        }
    }

    /** @return a session of this node's broker with the quorum, through this member's media driver */
    ControllerSession session(final ControllerSession.Listener listener)
    {
        final BrokerContext settings = configuration.settings();
        final AeronControllerSessionContext context = new AeronControllerSessionContext()
            .aeronDirectoryName(controller.aeronDirectoryName())
            .clientName("broker-" + settings.nodeId())
            .sessionTimeoutNs(settings.sessionTimeoutNs());
        if (configuration.voters() != null)
        {
            context
                .ingressEndpoints(configuration.voters().ingressEndpoints())
                .egressHost(configuration.voters().voter(settings.nodeId()).host());
        }
        return new AeronControllerSession(context, listener);
    }

    @Override
    public void close()
    {
        CloseHelper.close(controller);
        controller = null;
    }

    private static Controller launch(final NodeConfiguration configuration)
    {
        final BrokerContext settings = configuration.settings();
        final ControllerContext context = new ControllerContext()
            .directory(directory(settings.directory()))
            .sessionTimeoutNs(settings.sessionTimeoutNs());
        if (configuration.voters() != null)
        {
            context.memberId(settings.nodeId()).voters(configuration.voters().toString());
        }
        if (!settings.aeronDirectoryName().isEmpty())
        {
            context.externalDriver(settings.aeronDirectoryName());
        }
        return Controller.launch(context);
    }
}
