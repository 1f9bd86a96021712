package io.syncline.broker;

import io.syncline.metadata.ControllerRequest;
import io.syncline.protocol.Codes;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Inbound;
import io.syncline.stream.StreamIds;
import io.syncline.stream.Streams;
import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The desk for clients as it stands in every broker: sessions with a bound and an expiry, metadata to whoever asks and
 * to everybody when it changes, requests passed on to the controller and answered when it answers. Beyond the bound as
 * many clients again are told that they are too many; the rest is not heard.
 */
final class RequestDesk implements ClientDesk, RequestAdapter.Handler
{
    /** The one protocol version there is. */
    static final int PROTOCOL_VERSION = 0;
    private static final long PUSHED = -1;
    private static final int REQUEST_LIMIT = 32;

    private final DeskServices services;
    private final Streams streams;
    private final Inbound requests;
    private final DeskLimits limits;
    private final RequestAdapter adapter = new RequestAdapter(this);
    private final MetadataPublisher metadata = new MetadataPublisher();
    private final ResponsePublisher responses = new ResponsePublisher();
    private final Long2ObjectHashMap<ClientSession> sessions = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<Pending> pendingByCorrelation = new Long2ObjectHashMap<>();
    private final ArrayDeque<ChecksumJob> checksums = new ArrayDeque<>();
    private final List<ClientSession> leaving = new ArrayList<>();
    private long nowNs;
    private long droppedRequests;

    /** A request that waits for the controller. */
    private record Pending(long clientId, long correlationId, boolean isInitProducer)
    {
    }

    /**
     * @param services of the conductor
     * @param streams  where RESPONSE streams come from
     * @param requests REQUEST stream of this broker, closed with the desk
     * @param limits   bounds
     */
    RequestDesk(final DeskServices services, final Streams streams, final Inbound requests, final DeskLimits limits)
    {
        this.services = services;
        this.streams = streams;
        this.requests = requests;
        this.limits = limits;
    }

    @Override
    public int doWork(final long nowNs)
    {
        this.nowNs = nowNs;
        int work = requests.poll(adapter, REQUEST_LIMIT);
        work += sumUp();
        work += serveSessions();
        return work;
    }

    @Override
    public void onMetadataChanged()
    {
        metadata.forget();
        sessions.values().forEach(session -> session.metadataDue(true));
    }

    @Override
    public void onReply(final long correlationId, final int code, final long value, final String message)
    {
        final Pending pending = pendingByCorrelation.remove(correlationId);
        final ClientSession session = pending == null ? null : sessions.get(pending.clientId());
        if (session != null)
        {
            answer(session, pending, code, value, message);
        }
    }

    @Override
    public void close()
    {
        sessions.values().forEach(ClientSession::close);
        sessions.clear();
        pendingByCorrelation.clear();
        checksums.forEach(ChecksumJob::close);
        checksums.clear();
        requests.close();
    }

    /** @return clients connected now */
    int clientCount()
    {
        return sessions.size();
    }

    /** @return requests that wait for the controller */
    int pendingCount()
    {
        return pendingByCorrelation.size();
    }

    /** @return checksums under way or waiting */
    int checksumCount()
    {
        return checksums.size();
    }

    /** @return answers that wait for the slowest of the clients */
    int waitingAnswers()
    {
        int most = 0;
        for (final ClientSession session : sessions.values())
        {
            most = Math.max(most, session.waitingCount());
        }
        return most;
    }

    /** @return frames of clients that are not connected, or that made no sense */
    long droppedRequests()
    {
        return droppedRequests;
    }

    @Override
    public void onConnectClient(
        final long clientId, final long correlationId, final int protocolVersion, final boolean produces,
        final boolean fetches, final String responseEndpoint)
    {
        final ClientSession known = sessions.get(clientId);
        if (known != null && known.connectCorrelationId() == correlationId)
        {
            known.onHeard(nowNs);
            responses.connected(known, correlationId, services.brokerId(), services.incarnation(), Codes.OK);
            return;
        }
        final Endpoint endpoint;
        try
        {
            endpoint = Endpoint.parse(responseEndpoint);
        }
        catch (final IllegalArgumentException ignore)
        {
            droppedRequests++;
            return;
        }
        if (known != null)
        {
            leave(known);
        }
        if (sessions.size() >= 2 * limits.maxClients())
        {
            droppedRequests++;
            return;
        }
        final ClientSession session = new ClientSession(
            clientId, correlationId, streams.connect(endpoint, StreamIds.RESPONSE), nowNs);
        sessions.put(clientId, session);
        if (protocolVersion != PROTOCOL_VERSION)
        {
            session.refuse();
            responses.connected(
                session, correlationId, services.brokerId(), services.incarnation(), Codes.UNSUPPORTED_VERSION);
        }
        else if (sessions.size() > limits.maxClients())
        {
            session.refuse();
            responses.connected(
                session, correlationId, services.brokerId(), services.incarnation(), Codes.BACK_PRESSURED);
        }
        else
        {
            services.clientConnected(clientId, endpoint, produces, fetches);
            responses.connected(session, correlationId, services.brokerId(), services.incarnation(), Codes.OK);
            session.metadataDue(true);
        }
    }

    @Override
    public void onKeepAlive(final long clientId)
    {
        final ClientSession session = heard(clientId);
        if (session != null)
        {
            responses.keepAlive(session);
        }
    }

    @Override
    public void onCloseClient(final long clientId)
    {
        final ClientSession session = heard(clientId);
        if (session != null)
        {
            leave(session);
        }
    }

    @Override
    public void onMetadataRequest(final long clientId, final long correlationId)
    {
        final ClientSession session = heard(clientId);
        if (session != null)
        {
            session.answer(metadata.buffer(), metadata.encode(services.clusterState(), clientId, correlationId));
        }
    }

    @Override
    public void onControllerRequest(final long clientId, final long correlationId, final ControllerRequest request)
    {
        final ClientSession session = heard(clientId);
        if (session == null)
        {
            return;
        }
        final Pending pending =
            new Pending(clientId, correlationId, request instanceof ControllerRequest.InitProducer);
        if (pendingByCorrelation.size() >= limits.maxPending())
        {
            answer(session, pending, Codes.BACK_PRESSURED, -1, "too many requests wait for the controller");
            return;
        }
        final long result = services.request(request);
        if (result < 0)
        {
            answer(session, pending, Codes.CONTROLLER_UNAVAILABLE, -1,
                "broker " + services.brokerId() + " cannot reach the controller: " + Codes.describe(result));
        }
        else
        {
            pendingByCorrelation.put(result, pending);
        }
    }

    @Override
    public void onDescribePartition(final long clientId, final long correlationId, final long key)
    {
        if (heard(clientId) != null)
        {
            services.describe(
                key,
                (code, leaderEpoch, logStart, highWatermark, brokers, incarnations, logEnds, syncedEnds) ->
                {
                    final ClientSession session = sessions.get(clientId);
                    if (session != null)
                    {
                        responses.described(session, correlationId, key, code, leaderEpoch, logStart, highWatermark,
                            brokers, incarnations, logEnds, syncedEnds);
                    }
                });
        }
    }

    @Override
    public void onChecksumPartition(
        final long clientId, final long correlationId, final long key, final long fromOffset, final long toOffset)
    {
        final ClientSession session = heard(clientId);
        if (session != null && !isSummedUpFor(clientId, correlationId))
        {
            final ChecksumJob job = new ChecksumJob(
                clientId, correlationId, key, fromOffset, toOffset, limits.maxChecksumBytes());
            if (checksums.size() >= limits.maxChecksums())
            {
                job.refuse(Codes.BACK_PRESSURED);
                responses.checksum(session, job);
            }
            else
            {
                checksums.add(job);
            }
        }
    }

    @Override
    public void onUnknown(final int templateId)
    {
        droppedRequests++;
    }

    private ClientSession heard(final long clientId)
    {
        final ClientSession session = sessions.get(clientId);
        if (session == null || session.isRefused())
        {
            droppedRequests++;
            return null;
        }
        session.onHeard(nowNs);
        return session;
    }

    private void answer(
        final ClientSession session, final Pending pending, final int code, final long value, final String message)
    {
        if (pending.isInitProducer())
        {
            responses.producerInitialised(session, pending.correlationId(), code, value);
        }
        else
        {
            responses.reply(session, pending.correlationId(), code, value, message);
        }
    }

    /** A client that hears nothing for a while asks again: on a slow disk that must not be another sum each time. */
    private boolean isSummedUpFor(final long clientId, final long correlationId)
    {
        for (final ChecksumJob job : checksums)
        {
            if (job.isAskedBy(clientId, correlationId))
            {
                return true;
            }
        }
        return false;
    }

    private int sumUp()
    {
        final ChecksumJob job = checksums.peek();
        if (job == null)
        {
            return 0;
        }
        final ClientSession session = sessions.get(job.clientId());
        if (session != null)
        {
            job.doWork(services, limits.checksumBytes());
        }
        if (session == null || job.isDone())
        {
            checksums.poll().close();
            if (session != null)
            {
                responses.checksum(session, job);
            }
        }
        return 1;
    }

    private int serveSessions()
    {
        // Every turn of the conductor comes by here: no iterator and no counter is allocated for it.
        int work = 0;
        for (final ClientSession session : sessions.values())
        {
            work += session.flush();
            if (session.isMetadataDue() && push(session))
            {
                work++;
            }
            if (session.isSilent(nowNs, limits.clientTimeoutNs()) || session.isOverrun())
            {
                leaving.add(session);
            }
        }
        for (int i = 0; i < leaving.size(); i++)
        {
            leave(leaving.get(i));
            work++;
        }
        leaving.clear();
        return work;
    }

    private boolean push(final ClientSession session)
    {
        final int length = metadata.encode(services.clusterState(), session.clientId(), PUSHED);
        if (session.push(metadata.buffer(), length) < 0)
        {
            return false;
        }
        session.metadataDue(false);
        return true;
    }

    private void leave(final ClientSession session)
    {
        sessions.remove(session.clientId());
        session.close();
        if (!session.isRefused())
        {
            services.clientGone(session.clientId());
        }
    }
}
