package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.client.ChecksumDecoder;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.client.PartitionDescribedDecoder;
import io.syncline.protocol.client.ProducerInitialisedDecoder;
import io.syncline.protocol.client.ReplyDecoder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Questions under way: sent again where the broker that was asked is lost, or says that it cannot answer yet, until an
 * answer or the deadline comes. Not on any path that records take.
 */
final class ClientRequests
{
    private static final long ANSWER_LIMIT_NS = TimeUnit.SECONDS.toNanos(3);

    private final ClientSession session;
    private final ClientContext<?> ctx;
    private final List<ClientRequest> pending = new ArrayList<>();
    private final ExpandableArrayBuffer frame = new ExpandableArrayBuffer(1024);
    private final ReplyDecoder reply = new ReplyDecoder();
    private final ProducerInitialisedDecoder producerInitialised = new ProducerInitialisedDecoder();
    private final PartitionDescribedDecoder partitionDescribed = new PartitionDescribedDecoder();
    private final ChecksumDecoder checksum = new ChecksumDecoder();
    private int nextLink;

    ClientRequests(final ClientSession session, final ClientContext<?> ctx)
    {
        this.session = session;
        this.ctx = ctx;
    }

    /**
     * @param what      for messages
     * @param brokerId  who is asked, -1 for any broker
     * @param timeoutNs until the request is given up
     * @param encoder   writes the question
     * @return the request; done by a later turn
     */
    ClientRequest begin(final String what, final int brokerId, final long timeoutNs, final ClientRequest.Encoder encoder)
    {
        final long nowNs = ctx.nanoClock().nanoTime();
        final ClientRequest request = new ClientRequest(
            what, brokerId, encoder, session.nextCorrelationId(), nowNs + timeoutNs, nowNs);
        pending.add(request);
        return request;
    }

    /**
     * As {@link #begin}, turning the session until the request is done.
     *
     * @return the request, done, with any code
     */
    ClientRequest call(final String what, final int brokerId, final long timeoutNs, final ClientRequest.Encoder encoder)
    {
        if (session.isClosed())
        {
            throw new ClientException(Codes.CLOSED, what + ": this client is closed");
        }
        return await(begin(what, brokerId, timeoutNs, encoder));
    }

    /**
     * Turns the session until a request is done.
     *
     * @param request begun here
     * @return the request, done, with any code
     */
    ClientRequest await(final ClientRequest request)
    {
        while (!request.isDone)
        {
            ctx.idleStrategy().idle(session.doWork());
        }
        return request;
    }

    int doWork(final long nowNs)
    {
        if (pending.isEmpty())
        {
            return 0;
        }
        int workCount = 0;
        for (int i = pending.size() - 1; i >= 0; i--)
        {
            final ClientRequest request = pending.get(i);
            if (!request.isDone && nowNs - request.deadlineNs >= 0)
            {
                if (request.sends == 0 && request.message.isEmpty())
                {
                    request.message = "no broker could be asked";
                }
                request.done(Codes.TIMED_OUT);
            }
            if (request.isDone)
            {
                pending.remove(i);
                workCount++;
            }
            else if (nowNs - request.nextSendNs >= 0)
            {
                workCount += send(request, nowNs);
            }
        }
        return workCount;
    }

    void onLost(final BrokerLink link)
    {
        for (final ClientRequest request : pending)
        {
            if (request.link == link)
            {
                request.link = null;
                request.nextSendNs = session.nowNs();
            }
        }
    }

    void onResponse(final MessageHeaderDecoder header, final DirectBuffer buffer, final int offset)
    {
        switch (header.templateId())
        {
            case ReplyDecoder.TEMPLATE_ID ->
            {
                reply.wrapAndApplyHeader(buffer, offset, header);
                final ClientRequest request = find(reply.clientId(), reply.correlationId());
                if (request != null)
                {
                    request.value = reply.value();
                    request.message = reply.message();
                    onAnswer(request, reply.code());
                }
            }
            case ProducerInitialisedDecoder.TEMPLATE_ID ->
            {
                producerInitialised.wrapAndApplyHeader(buffer, offset, header);
                final ClientRequest request =
                    find(producerInitialised.clientId(), producerInitialised.correlationId());
                if (request != null)
                {
                    request.value = producerInitialised.producerId();
                    request.leaderEpoch = producerInitialised.producerEpoch();
                    onAnswer(request, producerInitialised.code());
                }
            }
            case PartitionDescribedDecoder.TEMPLATE_ID ->
            {
                partitionDescribed.wrapAndApplyHeader(buffer, offset, header);
                final ClientRequest request = find(partitionDescribed.clientId(), partitionDescribed.correlationId());
                if (request != null)
                {
                    onPartitionDescribed(request);
                }
            }
            case ChecksumDecoder.TEMPLATE_ID ->
            {
                checksum.wrapAndApplyHeader(buffer, offset, header);
                final ClientRequest request = find(checksum.clientId(), checksum.correlationId());
                if (request != null)
                {
                    request.value = checksum.checksum();
                    request.fromOffset = checksum.fromOffset();
                    request.toOffset = checksum.toOffset();
                    onAnswer(request, checksum.code());
                }
            }
            default ->
            {
                // A message of a newer broker that this client did not ask for.
            }
        }
    }

    private void onPartitionDescribed(final ClientRequest request)
    {
        request.leaderEpoch = partitionDescribed.leaderEpoch();
        request.fromOffset = partitionDescribed.logStart();
        request.toOffset = partitionDescribed.highWatermark();
        final int code = partitionDescribed.code();
        final List<ReplicaState> replicaStates = new ArrayList<>();
        for (final PartitionDescribedDecoder.ReplicaStatesDecoder state : partitionDescribed.replicaStates())
        {
            replicaStates.add(
                new ReplicaState(state.brokerId(), state.incarnation(), state.logEnd(), state.syncedEnd()));
        }
        request.replicaStates = List.copyOf(replicaStates);
        onAnswer(request, code);
    }

    private int send(final ClientRequest request, final long nowNs)
    {
        final BrokerLink link = choose(request.brokerId);
        final int length = link == null ? 0 :
            request.encoder.encode(frame, session.clientId(), request.correlationId);
        if (link != null && link.offerRequest(frame, length) >= 0)
        {
            request.link = link;
            request.sends++;
            request.nextSendNs = nowNs + ANSWER_LIMIT_NS;
            return 1;
        }
        request.nextSendNs = nowNs + ctx.retryBackoffNs() / 4;
        return 0;
    }

    private BrokerLink choose(final int brokerId)
    {
        if (brokerId >= 0)
        {
            return session.connectedLink(brokerId);
        }
        final List<BrokerLink> links = session.links();
        for (int i = 0; i < links.size(); i++)
        {
            final BrokerLink link = links.get(nextLink = (nextLink + 1) % links.size());
            if (link.isConnected())
            {
                return link;
            }
        }
        return null;
    }

    private void onAnswer(final ClientRequest request, final int code)
    {
        final boolean isRetried = code == Codes.CONTROLLER_UNAVAILABLE || code == Codes.BACK_PRESSURED ||
            code == Codes.NOT_CONNECTED || code == Codes.ADMIN_ACTION;
        if (isRetried)
        {
            if (request.message.isEmpty())
            {
                request.message = "last answer " + Codes.describe(code);
            }
            request.nextSendNs = session.nowNs() + ctx.retryBackoffNs();
        }
        else
        {
            request.done(code);
        }
    }

    private ClientRequest find(final long clientId, final long correlationId)
    {
        if (clientId == session.clientId())
        {
            for (final ClientRequest request : pending)
            {
                if (request.correlationId == correlationId && !request.isDone)
                {
                    return request;
                }
            }
        }
        return null;
    }
}
