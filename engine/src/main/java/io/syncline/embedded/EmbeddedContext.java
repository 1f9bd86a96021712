package io.syncline.embedded;

import io.syncline.broker.BrokerContext;
import io.syncline.broker.Threading;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;

import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What an embedded cluster is configured with; applications use {@link EmbeddedCluster.Context}.
 *
 * @param <T> the context itself, so that setters chain
 */
public abstract class EmbeddedContext<T extends EmbeddedContext<T>>
{
    /** Brokers at most: their IPC endpoints have numbers of their own. */
    public static final int MAX_BROKERS = 64;

    private final Map<String, String> settings = new LinkedHashMap<>();
    private int brokers = 3;
    private Threading threading = Threading.SHARED;
    private Transport transport = Transport.IPC;
    private boolean logThread = true;
    private File directory;
    private Supplier<IdleStrategy> idleStrategy;
    private ErrorHandler errorHandler;
    private boolean isConcluded;

    abstract T self();

    /**
     * @param brokers number of brokers; their node ids are 1 to this
     * @return this
     */
    public T brokers(final int brokers)
    {
        this.brokers = brokers;
        return self();
    }

    /** @return number of brokers */
    public int brokers()
    {
        return brokers;
    }

    /**
     * @param threading who turns the agents: SHARED by default
     * @return this
     */
    public T threading(final Threading threading)
    {
        this.threading = threading;
        return self();
    }

    /** @return who turns the agents */
    public Threading threading()
    {
        return threading;
    }

    /**
     * With threading INVOKER only, who turns what waits for the disk: opening logs and making room ahead of them.
     *
     * @param logThread true, the default, for a thread of the cluster's own, so that no record waits behind a file;
     *                  false where the application calls {@link EmbeddedCluster#doLogWork()}
     * @return this
     */
    public T logThread(final boolean logThread)
    {
        this.logThread = logThread;
        return self();
    }

    /** @return whether a thread of the cluster's own turns what waits for the disk */
    public boolean logThread()
    {
        return logThread;
    }

    /**
     * @param transport what carries the frames: IPC by default
     * @return this
     */
    public T transport(final Transport transport)
    {
        this.transport = transport;
        return self();
    }

    /** @return what carries the frames */
    public Transport transport()
    {
        return transport;
    }

    /**
     * @param directory for the nodes' data, kept when the cluster closes; without one it is a temporary directory that
     *                  goes with the cluster
     * @return this
     */
    public T directory(final File directory)
    {
        this.directory = directory;
        return self();
    }

    /** @return for the nodes' data, null for a temporary directory */
    public File directory()
    {
        return directory;
    }

    /**
     * @param key   of the node configuration, such as {@code min.insync.replicas}
     * @param value as a file would write it, for every broker
     * @return this
     * @throws IllegalArgumentException for a key that is not one of the node configuration's
     */
    public T set(final String key, final String value)
    {
        new BrokerContext().set(key, value);
        settings.put(key, value);
        return self();
    }

    /** @return what {@link #set} was called with */
    public Map<String, String> settings()
    {
        return settings;
    }

    /**
     * @param idleStrategy makes one for each thread; by default what {@code idle.strategy} says
     * @return this
     */
    public T idleStrategy(final Supplier<IdleStrategy> idleStrategy)
    {
        this.idleStrategy = idleStrategy;
        return self();
    }

    /** @return makes an idle strategy for each thread, null for what {@code idle.strategy} says */
    public Supplier<IdleStrategy> idleStrategy()
    {
        return idleStrategy;
    }

    /**
     * @param errorHandler gets what goes wrong asynchronously, besides each node's own error log; by default it is
     *                     counted and shown by {@link EmbeddedCluster#describe()}
     * @return this
     */
    public T errorHandler(final ErrorHandler errorHandler)
    {
        this.errorHandler = errorHandler;
        return self();
    }

    /** @return gets what goes wrong asynchronously, null for the default */
    public ErrorHandler errorHandler()
    {
        return errorHandler;
    }

    void conclude()
    {
        if (isConcluded)
        {
            throw new IllegalStateException("a context belongs to one cluster: this one was launched before");
        }
        if (brokers < 1 || brokers > MAX_BROKERS)
        {
            throw new IllegalArgumentException("brokers " + brokers + " is not within 1 to " + MAX_BROKERS);
        }
        if (!logThread && threading != Threading.INVOKER)
        {
            throw new IllegalArgumentException(
                "logThread false needs threading INVOKER, not " + threading + ": nobody would turn the logs");
        }
        if (directory != null && directory.exists() && !directory.isDirectory())
        {
            throw new IllegalArgumentException("directory " + directory + " is not a directory");
        }
        isConcluded = true;
    }
}
