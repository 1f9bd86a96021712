package io.syncline.simulator;

import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.replication.AppendAckDecoder;
import io.syncline.protocol.replication.FollowDecoder;
import io.syncline.protocol.replication.MessageHeaderDecoder;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.HashMap;
import java.util.Map;

/**
 * R2.3: what counts at a leader of a follower, that follower said in the session that counts, and that session is of
 * the leader's epoch (R1.2, R2.4). Listens to what followers write and asks each leader whether it knows more than
 * that: an ack of another session, incarnation or epoch does no harm for as long as its follower holds what it says,
 * and that is mostly so.
 */
final class R2AckIsOfItsSession extends SimInvariant
{
    /** A conversation; its follower draws a number that it has not used before in its incarnation. */
    private record Session(long key, int follower, long incarnation, long sessionId)
    {
    }

    /** What the follower said in it. */
    private static final class Said
    {
        private final int leaderEpoch;
        private long logEnd;
        private long synced = -1;

        private Said(final int leaderEpoch, final long logEnd)
        {
            this.leaderEpoch = leaderEpoch;
            this.logEnd = logEnd;
        }

        @Override
        public String toString()
        {
            return "in leader epoch " + leaderEpoch + " its LEO is " + logEnd + ", synced " + synced;
        }
    }

    private final Map<Session, Said> sessions = new HashMap<>();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final FollowDecoder follow = new FollowDecoder();
    private final AppendAckDecoder ack = new AppendAckDecoder();

    R2AckIsOfItsSession()
    {
        super("R2.3");
    }

    /** A follower wrote to its leader. */
    void onWritten(final byte[] frame)
    {
        view.wrap(frame);
        header.wrap(view, 0);
        if (header.templateId() == FollowDecoder.TEMPLATE_ID)
        {
            follow.wrapAndApplyHeader(view, 0, header);
            sessions.put(
                new Session(PartitionKey.of(follow.topicId(), follow.partition()), follow.brokerId(), follow.incarnation(),
                    follow.sessionId()),
                new Said(follow.leaderEpoch(), follow.logEnd()));
        }
        else if (header.templateId() == AppendAckDecoder.TEMPLATE_ID)
        {
            ack.wrapAndApplyHeader(view, 0, header);
            final Session session = new Session(
                PartitionKey.of(ack.topicId(), ack.partition()), ack.brokerId(), ack.incarnation(), ack.sessionId());
            final Said said = sessions.get(session);
            require(said != null && said.leaderEpoch == ack.leaderEpoch(),
                () -> "acknowledged in leader epoch " + ack.leaderEpoch() + " in " + session + ", where was said: " + said);
            said.logEnd = Math.max(said.logEnd, ack.logEnd());
            said.synced = Math.max(said.synced, ack.syncedEnd());
        }
    }

    /** An acks agent had its turn. */
    void onReplica(final SimNodes.SimNode node, final long key)
    {
        final int leaderEpoch = node.node.leadingEpoch(key);
        if (leaderEpoch >= 0)
        {
            node.node.forEachFollower(key, (follower, incarnation, sessionId, logEnd, synced) ->
            {
                final Session session = new Session(key, follower, incarnation, sessionId);
                final Said said = sessions.get(session);
                require(said != null && said.leaderEpoch == leaderEpoch && logEnd <= said.logEnd && synced <= said.synced,
                    () -> "leader " + node.id + " of epoch " + leaderEpoch + " counts LEO " + logEnd + ", synced " + synced +
                    " in " + session + ", where was said: " + said);
            });
        }
    }
}
