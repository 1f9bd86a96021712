package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.client.MetadataDecoder;
import io.syncline.stream.Endpoint;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What Producer, Consumer and Admin have in common: links to every broker, the view of the cluster, requests and their
 * answers. Belongs to the thread of its owner.
 */
final class ClientSession implements AutoCloseable
{
    /** Hears what changed; called inside {@link #doWork()}. */
    interface Listener
    {
        void onConnected(BrokerLink link);

        void onLost(BrokerLink link);

        void onMetadata(ClusterView view);
    }

    /** What a client does with brokers besides asking them: it has streams for that, and for nothing else. */
    enum Purpose
    {
        ADMINISTER, PRODUCE, CONSUME
    }

    /** A listener that waits for nothing. */
    static final Listener NO_LISTENER = new Listener()
    {
        @Override
        public void onConnected(final BrokerLink link)
        {
        }

        @Override
        public void onLost(final BrokerLink link)
        {
        }

        @Override
        public void onMetadata(final ClusterView view)
        {
        }
    };

    private static final long ALONE_LIMIT_NS = TimeUnit.SECONDS.toNanos(3);

    private final ClientContext<?> ctx;
    private final Purpose purpose;
    private final Listener listener;
    private final ClusterView view = new ClusterView();
    private final ClientRequests requests;
    private final MetadataDecoder metadata = new MetadataDecoder();
    private final List<BrokerLink> links = new ArrayList<>();
    private final List<BrokerLink> replacedLinks = new ArrayList<>();
    private final long clientId;
    private String clientHost;
    private long correlationId;
    private long answeredCorrelationId;
    private long nowNs;
    private long lastConnectedNs;
    private long lastMetadataRequestNs;
    private boolean isViewNew;
    private boolean isMetadataWanted;
    private boolean isClosed;

    ClientSession(final ClientContext<?> ctx, final Purpose purpose, final Listener listener)
    {
        this.ctx = ctx;
        this.purpose = purpose;
        this.listener = listener;
        clientId = ctx.clientId();
        clientHost = ctx.clientHost();
        requests = new ClientRequests(this, ctx);
    }

    /** Starts to connect. Until then nothing has read a clock. */
    void start()
    {
        nowNs = ctx.nanoClock().nanoTime();
        lastConnectedNs = nowNs;
        lastMetadataRequestNs = nowNs - ctx.retryBackoffNs();
        addBootstrapLinks();
    }

    int doWork()
    {
        nowNs = ctx.nanoClock().nanoTime();
        int workCount = ctx.streams().doWork();
        boolean isConnected = false;
        for (int i = 0; i < links.size(); i++)
        {
            final BrokerLink link = links.get(i);
            workCount += link.doWork(nowNs);
            isConnected |= link.isConnected();
        }
        while (!replacedLinks.isEmpty())
        {
            final BrokerLink replaced = replacedLinks.remove(replacedLinks.size() - 1);
            links.remove(replaced);
            replaced.abandon();
        }
        if (isViewNew)
        {
            isViewNew = false;
            reconcileLinks();
            listener.onMetadata(view);
            workCount++;
        }
        if (isConnected)
        {
            lastConnectedNs = nowNs;
            // The first answer may have been lost while its stream was still being opened.
            isMetadataWanted |= !isReady();
        }
        else if (nowNs - lastConnectedNs > ALONE_LIMIT_NS)
        {
            lastConnectedNs = nowNs;
            addBootstrapLinks();
        }
        if (isMetadataWanted && nowNs - lastMetadataRequestNs >= ctx.retryBackoffNs())
        {
            lastMetadataRequestNs = nowNs;
            isMetadataWanted = false;
            for (int i = 0; i < links.size(); i++)
            {
                links.get(i).requestMetadata();
            }
        }
        return workCount + requests.doWork(nowNs);
    }

    /** @return time of the current turn */
    long nowNs()
    {
        return nowNs;
    }

    long clientId()
    {
        return clientId;
    }

    Purpose purpose()
    {
        return purpose;
    }

    long nextCorrelationId()
    {
        return ++correlationId;
    }

    ClusterView view()
    {
        return view;
    }

    ClientRequests requests()
    {
        return requests;
    }

    List<BrokerLink> links()
    {
        return links;
    }

    /**
     * @param brokerId of a broker
     * @return a link with a session, or null
     */
    BrokerLink connectedLink(final int brokerId)
    {
        for (int i = 0; i < links.size(); i++)
        {
            final BrokerLink link = links.get(i);
            if (link.brokerId() == brokerId && link.isConnected())
            {
                return link;
            }
        }
        return null;
    }

    /** Asks every broker for its metadata, at most once a retry backoff. */
    void wantMetadata()
    {
        isMetadataWanted = true;
    }

    boolean isReady()
    {
        return view.version() >= 0;
    }

    boolean isClosed()
    {
        return isClosed;
    }

    /**
     * Turns the session until it knows the cluster.
     *
     * @param what for the message
     */
    void awaitReady(final String what)
    {
        final long deadlineNs = ctx.nanoClock().nanoTime() + ctx.connectTimeoutNs();
        while (!isReady())
        {
            if (nowNs - deadlineNs >= 0)
            {
                throw new ClientException(Codes.NOT_CONNECTED, what + ": no broker of '" + ctx.bootstrap() +
                    "' answered within " + TimeUnit.NANOSECONDS.toMillis(ctx.connectTimeoutNs()) +
                    " ms; check the bootstrap endpoints and that the nodes are READY");
            }
            ctx.idleStrategy().idle(doWork());
        }
    }

    /**
     * Turns the session until a topic is in the metadata.
     *
     * @param name of the topic
     * @return the topic
     */
    TopicInfo awaitTopic(final String name)
    {
        if (isClosed)
        {
            throw new ClientException(Codes.CLOSED, "this client is closed; topic '" + name + "' was asked for");
        }
        final long deadlineNs = ctx.nanoClock().nanoTime() + ctx.metadataTimeoutNs();
        TopicInfo topic = view.topic(name);
        while (topic == null)
        {
            if (nowNs - deadlineNs >= 0)
            {
                throw new ClientException(Codes.UNKNOWN_TOPIC, "topic '" + name + "' is not among the " +
                    view.topicNames().size() + " topics of metadata version " + view.version() + "; waited " +
                    TimeUnit.NANOSECONDS.toMillis(ctx.metadataTimeoutNs()) + " ms");
            }
            wantMetadata();
            ctx.idleStrategy().idle(doWork());
            topic = view.topic(name);
        }
        return topic;
    }

    /**
     * Turns the session until a broker has answered with what it knows now.
     *
     * @param timeoutNs at most; what was known before stands when no broker answers
     */
    void refresh(final long timeoutNs)
    {
        final long asked = correlationId;
        final long startNs = ctx.nanoClock().nanoTime();
        lastMetadataRequestNs = startNs - ctx.retryBackoffNs();
        wantMetadata();
        while (answeredCorrelationId <= asked && !isClosed && ctx.nanoClock().nanoTime() - startNs < timeoutNs)
        {
            ctx.idleStrategy().idle(doWork());
        }
        doWork();
    }

    /**
     * @param remote a UDP endpoint
     * @return address at which that host reaches this one
     */
    String clientHost(final Endpoint remote)
    {
        if (clientHost == null)
        {
            clientHost = "localhost".equals(remote.host()) ? "localhost" : routeTo(remote);
        }
        return clientHost;
    }

    void onConnected(final BrokerLink link)
    {
        for (int i = 0; i < links.size(); i++)
        {
            final BrokerLink other = links.get(i);
            if (other != link && other.brokerId() == link.brokerId())
            {
                // One broker under two spellings: it keeps one session a client, and the newer one has it.
                replacedLinks.add(other);
            }
        }
        listener.onConnected(link);
    }

    void onLost(final BrokerLink link)
    {
        requests.onLost(link);
        listener.onLost(link);
    }

    /** A frame that ends before it should is as good as lost: what was asked for is asked for again. */
    void onResponse(final MessageHeaderDecoder header, final DirectBuffer buffer, final int offset)
    {
        try
        {
            onWholeResponse(header, buffer, offset);
        }
        catch (final IndexOutOfBoundsException ex)
        {
            // Nothing was taken from it.
        }
    }

    private void onWholeResponse(final MessageHeaderDecoder header, final DirectBuffer buffer, final int offset)
    {
        if (header.templateId() == MetadataDecoder.TEMPLATE_ID)
        {
            metadata.wrapAndApplyHeader(buffer, offset, header);
            answeredCorrelationId = Math.max(answeredCorrelationId, metadata.correlationId());
            // Links are polling now: what follows from the news waits until they are done.
            isViewNew |= view.onMetadata(metadata);
        }
        else
        {
            requests.onResponse(header, buffer, offset);
        }
    }

    @Override
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            for (final BrokerLink link : List.copyOf(links))
            {
                link.close(nowNs);
            }
            links.clear();
            if (ctx.ownsStreams())
            {
                CloseHelper.close(ctx.errorHandler(), ctx.streams());
            }
        }
    }

    private void addBootstrapLinks()
    {
        for (final Endpoint endpoint : ctx.bootstrapEndpoints())
        {
            if (linkTo(endpoint) == null)
            {
                links.add(new BrokerLink(this, ctx, endpoint, -1, nowNs));
            }
        }
    }

    private BrokerLink linkTo(final Endpoint endpoint)
    {
        for (final BrokerLink link : links)
        {
            if (link.endpoint().equals(endpoint))
            {
                return link;
            }
        }
        return null;
    }

    private BrokerLink linkOf(final int brokerId)
    {
        for (final BrokerLink link : links)
        {
            if (link.brokerId() == brokerId)
            {
                return link;
            }
        }
        return null;
    }

    /** One link for each broker of the metadata, and no other once the metadata is known. */
    private void reconcileLinks()
    {
        for (final BrokerInfo broker : view.brokers())
        {
            if (broker.endpoint().isEmpty())
            {
                continue;
            }
            final BrokerLink link = linkOf(broker.brokerId());
            if (link == null)
            {
                final Endpoint endpoint = Endpoint.parse(broker.endpoint());
                final BrokerLink bootstrapLink = linkTo(endpoint);
                if (bootstrapLink == null)
                {
                    final BrokerLink added = new BrokerLink(this, ctx, endpoint, broker.brokerId(), nowNs);
                    added.advertisedEndpoint(broker.endpoint());
                    links.add(added);
                }
                else
                {
                    bootstrapLink.advertisedEndpoint(broker.endpoint());
                }
                continue;
            }
            if (link.advertisedEndpoint() == null)
            {
                link.advertisedEndpoint(broker.endpoint());
            }
            if (!link.advertisedEndpoint().equals(broker.endpoint()))
            {
                remove(link);
                final BrokerLink added =
                    new BrokerLink(this, ctx, Endpoint.parse(broker.endpoint()), broker.brokerId(), nowNs);
                added.advertisedEndpoint(broker.endpoint());
                links.add(added);
            }
            else if (link.isConnected() && link.incarnation() < broker.incarnation())
            {
                // The broker has restarted: it knows nothing of this session.
                link.disconnect(nowNs);
            }
        }
        for (final BrokerLink link : List.copyOf(links))
        {
            final boolean isKnown = link.brokerId() >= 0 && view.broker(link.brokerId()) != null;
            if (!isKnown && !link.isConnected() && link.advertisedEndpoint() == null)
            {
                remove(link);
            }
            else if (link.brokerId() >= 0 && !isKnown && !link.isConnected())
            {
                remove(link);
            }
        }
    }

    private void remove(final BrokerLink link)
    {
        links.remove(link);
        link.close(nowNs);
    }

    private static String routeTo(final Endpoint remote)
    {
        final InetSocketAddress target = new InetSocketAddress(remote.host(), remote.port());
        if (target.isUnresolved())
        {
            throw new ClientException(Codes.NOT_CONNECTED, "the host of " + remote +
                " has no address; correct the bootstrap, or what resolves names on this machine");
        }
        try (DatagramSocket socket = new DatagramSocket())
        {
            socket.connect(target);
            final String address = socket.getLocalAddress().getHostAddress();
            return address.indexOf(':') >= 0 ? "[" + address + "]" : address;
        }
        catch (final SocketException | java.io.UncheckedIOException ex)
        {
            throw new ClientException(Codes.NOT_CONNECTED,
                "no route to " + remote + " (" + ex.getMessage() + "); set clientHost or correct the bootstrap");
        }
    }
}
