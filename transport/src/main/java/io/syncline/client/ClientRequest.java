package io.syncline.client;

import io.syncline.protocol.Codes;
import org.agrona.MutableDirectBuffer;

import java.util.List;

/** One question to a broker and, once done, its answer. */
final class ClientRequest
{
    /** Writes the question, header included. */
    @FunctionalInterface
    interface Encoder
    {
        int encode(MutableDirectBuffer buffer, long clientId, long correlationId);
    }

    final String what;
    final int brokerId;
    final Encoder encoder;
    final long correlationId;
    final long deadlineNs;

    BrokerLink link;
    long nextSendNs;
    int sends;
    boolean isDone;

    int code = Codes.TIMED_OUT;
    long value = -1;
    String message = "";
    int leaderEpoch = -1;
    long fromOffset = -1;
    long toOffset = -1;
    List<ReplicaState> replicaStates = List.of();

    /**
     * @param brokerId who is asked, -1 for any broker
     */
    ClientRequest(final String what, final int brokerId, final Encoder encoder, final long correlationId,
        final long deadlineNs, final long nowNs)
    {
        this.what = what;
        this.brokerId = brokerId;
        this.encoder = encoder;
        this.correlationId = correlationId;
        this.deadlineNs = deadlineNs;
        nextSendNs = nowNs;
    }

    void done(final int code)
    {
        this.code = code;
        isDone = true;
    }

    /** @return this, when the answer was OK */
    ClientRequest requireOk()
    {
        if (code != Codes.OK)
        {
            throw new ClientException(code, what + (message.isEmpty() ? "" : ": " + message));
        }
        return this;
    }
}
