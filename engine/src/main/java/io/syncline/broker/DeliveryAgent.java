package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.FetchDecoder;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.record.BatchFlyweight;
import io.syncline.replica.Assignment;
import io.syncline.stream.FrameHandler;
import io.syncline.stream.Glance;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import org.agrona.DirectBuffer;
import org.agrona.collections.ArrayListUtil;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

import java.util.ArrayList;

/**
 * Duty cycle of everything that is read from the journal: consumers (R7), and followers that are too far behind for the
 * live stream. It never appends, and it reads each partition through a tailer of its own, so that a page that has to
 * come from disk delays readers alone.
 * <p>
 * One cycle: commands of the conductor, feeds the leader agent asks for, Fetch frames of clients, then one turn for
 * each session and each feed, within a budget of bytes. On back-pressure a cursor stays where it is: the journal is the
 * buffer.
 */
final class DeliveryAgent implements Agent, DeliveryCommands, FeedRing.Handler
{
    private static final int FETCH_LIMIT = 16;
    private static final long NULL_OFFSET = -1;

    private final int brokerId;
    private final NanoClock clock;
    private final DeliveryLimits limits;
    private final FeedPace pace;
    private boolean areReadersCounted = true;
    private final CommandQueue<DeliveryCommands> commands;
    private final FeedRing feedRing;
    private final Inbound fetches;
    private final FrameHandler onFetchFrame = this::onFetchFrame;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final FetchDecoder fetch = new FetchDecoder();
    private final DeliverPublisher publisher = new DeliverPublisher();
    private final Long2ObjectHashMap<ReadPartition> partitions = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<Reader> readers = new Long2ObjectHashMap<>();
    private final BulkStreams bulks;
    private final Glance glance;
    private final ArrayList<Seat> seats = new ArrayList<>();
    private final ArrayList<BulkFeed> feeds = new ArrayList<>();
    private int nextSeat;
    private int nextFeed;
    private long nowNs;
    private long droppedFetches;

    /** A client that may read here. */
    private record Reader(long clientId, Outbound deliver, Long2ObjectHashMap<FetchSession> sessions)
    {
    }

    /** A session that has something to do or to wait for. */
    private record Seat(Reader reader, FetchSession session)
    {
    }

    /**
     * @param brokerId this broker
     * @param clock    monotonic, read once a cycle
     * @param limits   bounds
     * @param commands of the conductor
     * @param feedRing of the leader agent
     * @param fetches  FETCH stream of this broker, closed with the agent
     * @param bulks    streams to those who are fed, closed with the agent
     */
    DeliveryAgent(
        final int brokerId,
        final NanoClock clock,
        final DeliveryLimits limits,
        final CommandQueue<DeliveryCommands> commands,
        final FeedRing feedRing,
        final Inbound fetches,
        final BulkStreams bulks)
    {
        this.brokerId = brokerId;
        this.clock = clock;
        this.limits = limits;
        pace = new FeedPace(limits.feedBytesPerSecond());
        this.commands = commands;
        this.feedRing = feedRing;
        this.fetches = fetches;
        this.bulks = bulks;
        this.glance = new Glance(clock.nanoTime());
    }

    @Override
    public int doWork()
    {
        nowNs = clock.nanoTime();
        int work = commands.drain(this);
        work += feedRing.poll(this);
        work += readers.isEmpty() && !glance.isDue(nowNs) ? 0 : fetches.poll(onFetchFrame, FETCH_LIMIT);
        work += serveSessions();
        work += serveFeeds();
        if (areReadersCounted)
        {
            return work;
        }
        countReaders();
        return work + 1;
    }

    @Override
    public String roleName()
    {
        return "delivery-" + brokerId;
    }

    @Override
    public void onClose()
    {
        commands.drain(this);
        partitions.values().forEach(ReadPartition::close);
        partitions.clear();
        readers.values().forEach(reader -> reader.deliver().close());
        readers.clear();
        bulks.close();
        seats.clear();
        feeds.clear();
        fetches.close();
    }

    /** @return Fetch frames of clients that are not connected, or beyond the bound of sessions */
    long droppedFetches()
    {
        return droppedFetches;
    }

    /** @return sessions that have something to do or to wait for */
    int activeSessions()
    {
        return seats.size();
    }

    /** @return clients that may read here */
    int readerCount()
    {
        return readers.size();
    }

    /** @return followers that are being fed, one for each partition */
    int feedCount()
    {
        return feeds.size();
    }

    @Override
    public void onPartition(final long key, final PartitionReader reader, final PartitionCounters counters)
    {
        areReadersCounted = false;
        final ReadPartition replaced = partitions.put(key, new ReadPartition(key, brokerId, reader, counters));
        if (replaced != null)
        {
            replaced.close();
        }
    }

    @Override
    public void onAssignment(final Assignment assignment, final long leso)
    {
        final ReadPartition partition = partitions.get(assignment.key());
        if (partition == null)
        {
            return;
        }
        partition.assign(assignment, leso);
        for (int i = 0, size = seats.size(); i < size; i++)
        {
            final FetchSession session = seats.get(i).session();
            if (session.key() == assignment.key())
            {
                session.onAssignment(partition);
            }
        }
        feeds.removeIf(feed -> feed.key() == assignment.key() &&
            (feed.leaderEpoch() != assignment.leaderEpoch() || !partition.isLeader()));
    }

    @Override
    public void onPartitionGone(final long key)
    {
        final ReadPartition partition = partitions.remove(key);
        if (partition != null)
        {
            for (int i = 0, size = seats.size(); i < size; i++)
            {
                final FetchSession session = seats.get(i).session();
                if (session.key() == key)
                {
                    session.end(Codes.NOT_REPLICA, null);
                }
            }
            feeds.removeIf(feed -> feed.key() == key);
            partition.close();
        }
    }

    @Override
    public void onTruncated(final long key, final long offset)
    {
        // Sessions stay below the high watermark and so below every truncation; a feed may have been above it.
        feeds.removeIf(feed -> feed.key() == key);
    }

    @Override
    public void onBulk(final int peerId, final Outbound bulk)
    {
        bulks.onOpened(peerId, bulk);
    }

    @Override
    public void onPeerGone(final int peerId)
    {
        feeds.removeIf(feed -> feed.follower() == peerId);
        bulks.onPeerGone(peerId);
    }

    @Override
    public void onClient(final long clientId, final Outbound deliver)
    {
        onClientGone(clientId);
        readers.put(clientId, new Reader(clientId, deliver, new Long2ObjectHashMap<>()));
    }

    @Override
    public void onClientGone(final long clientId)
    {
        final Reader reader = readers.remove(clientId);
        if (reader != null)
        {
            seats.removeIf(seat -> seat.reader() == reader);
            areReadersCounted = false;
            reader.deliver().close();
        }
    }

    @Override
    public void onFeed(
        final int follower,
        final long key,
        final int leaderEpoch,
        final long sessionId,
        final long from,
        final long to)
    {
        for (int i = 0, size = feeds.size(); i < size; i++)
        {
            final BulkFeed feed = feeds.get(i);
            if (feed.follower() == follower && feed.key() == key)
            {
                if (feed.sessionId() == sessionId && feed.leaderEpoch() == leaderEpoch && from <= feed.endOffset())
                {
                    feed.extendTo(to);
                }
                else
                {
                    feeds.set(i, new BulkFeed(follower, key, leaderEpoch, sessionId, from, to));
                }
                return;
            }
        }
        feeds.add(new BulkFeed(follower, key, leaderEpoch, sessionId, from, to));
    }

    private boolean onFetchFrame(final DirectBuffer buffer, final int offset, final int length)
    {
        header.wrap(buffer, offset);
        if (length >= MessageHeaderDecoder.ENCODED_LENGTH + FetchDecoder.BLOCK_LENGTH &&
            header.schemaId() == FetchDecoder.SCHEMA_ID && header.templateId() == FetchDecoder.TEMPLATE_ID)
        {
            fetch.wrap(
                buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH, header.blockLength(), header.version());
            onFetch(
                fetch.clientId(),
                PartitionKey.of(fetch.topicId(), fetch.partition()),
                fetch.fetchId(),
                fetch.fetchOffset(),
                fetch.creditLimit(),
                fetch.leaderEpoch(),
                fetch.lastEpoch(),
                fetch.fromFollower() != 0);
        }
        else
        {
            droppedFetches++;
        }
        return true;
    }

    private void onFetch(
        final long clientId,
        final long key,
        final long fetchId,
        final long fetchOffset,
        final long creditLimit,
        final int leaderEpoch,
        final int lastEpoch,
        final boolean fromFollower)
    {
        final Reader reader = readers.get(clientId);
        if (reader == null)
        {
            droppedFetches++;
            return;
        }
        final FetchSession current = reader.sessions().get(key);
        if (current != null && fetchId < current.fetchId())
        {
            return;
        }
        if (fetchOffset == NULL_OFFSET)
        {
            leave(reader, current);
        }
        else if (current != null && fetchId == current.fetchId())
        {
            current.refill(creditLimit);
            if (current.state() == FetchSession.State.ENDED && current.isAnswerDue())
            {
                sit(reader, current);
            }
        }
        else if (seats.size() >= limits.maxSessions() || reader.sessions().size() >= limits.maxSessions())
        {
            droppedFetches++;
        }
        else
        {
            leave(reader, current);
            final FetchSession session = new FetchSession(
                key, fetchId, fetchOffset, creditLimit, leaderEpoch, lastEpoch, fromFollower,
                nowNs + limits.resolveTimeoutNs());
            reader.sessions().put(key, session);
            sit(reader, session);
        }
    }

    private void sit(final Reader reader, final FetchSession session)
    {
        for (int i = 0, size = seats.size(); i < size; i++)
        {
            if (seats.get(i).session() == session)
            {
                return;
            }
        }
        seats.add(new Seat(reader, session));
        areReadersCounted = false;
    }

    private void leave(final Reader reader, final FetchSession session)
    {
        if (session != null)
        {
            session.abandon();
            reader.sessions().remove(session.key());
            seats.removeIf(seat -> seat.session() == session);
            areReadersCounted = false;
        }
    }

    private int serveSessions()
    {
        int work = 0;
        int budget = limits.cycleBytes();
        for (int i = 0, size = seats.size(); i < size && budget > 0; i++)
        {
            nextSeat = nextSeat < seats.size() ? nextSeat : 0;
            final Seat seat = seats.get(nextSeat);
            final FetchSession session = seat.session();
            final ReadPartition partition = partitions.get(session.key());
            if (session.state() == FetchSession.State.RESOLVING)
            {
                session.resolve(partition, nowNs);
            }
            if (session.isAnswerDue() && answer(seat.reader(), session, partition))
            {
                work++;
            }
            if (session.state() == FetchSession.State.ENDED && !session.isAnswerDue())
            {
                ArrayListUtil.fastUnorderedRemove(seats, nextSeat);
                areReadersCounted = false;
                continue;
            }
            if (session.state() == FetchSession.State.STREAMING && !session.isAnswerDue())
            {
                final int sent = deliver(seat.reader(), session, partition, Math.min(budget, limits.sessionBytes()));
                budget -= sent;
                work += sent > 0 ? 1 : 0;
            }
            nextSeat++;
        }
        return work;
    }

    private boolean answer(final Reader reader, final FetchSession session, final ReadPartition partition)
    {
        final long logStart = partition == null ? NULL_OFFSET : partition.logStart();
        final long highWatermark =
            partition == null || !partition.isHighWatermarkKnown() ? NULL_OFFSET : partition.highWatermark();
        if (publisher.fetched(reader.deliver(), reader.clientId(), session, logStart, highWatermark) < 0)
        {
            return false;
        }
        session.onAnswered();
        session.onHighWatermarkTold(highWatermark, nowNs);
        return true;
    }

    private int deliver(
        final Reader reader, final FetchSession session, final ReadPartition partition, final int budget)
    {
        final long highWatermark = partition.highWatermark();
        int sent = 0;
        while (sent < budget && session.nextOffset() < highWatermark && session.hasCredit())
        {
            final int length = partition.read(session.nextOffset(), highWatermark);
            if (length < 0)
            {
                session.end(length, partition);
                return sent;
            }
            if (length == 0 || !session.hasCreditFor(length))
            {
                break;
            }
            final long result = publisher.deliver(
                reader.deliver(), reader.clientId(), session, partition.leaderEpoch(), highWatermark,
                partition.view(), length);
            if (result < 0)
            {
                return sent;
            }
            session.onDelivered(length, partition.batch().endOffset(), highWatermark, nowNs);
            sent += length;
        }
        if (sent == 0 && partition.isHighWatermarkKnown() &&
            session.isHighWatermarkDue(highWatermark, nowNs, limits.quietHighWatermarkNs()) &&
            publisher.deliver(reader.deliver(), reader.clientId(), session, partition.leaderEpoch(), highWatermark,
                partition.view(), 0) >= 0)
        {
            session.onHighWatermarkTold(highWatermark, nowNs);
        }
        return sent;
    }

    /** Rare: when one has come or gone. */
    private void countReaders()
    {
        areReadersCounted = true;
        for (final ReadPartition partition : partitions.values())
        {
            int count = 0;
            for (int i = 0, size = seats.size(); i < size; i++)
            {
                count += seats.get(i).session().key() == partition.key() ? 1 : 0;
            }
            partition.readers(count);
        }
    }

    private int serveFeeds()
    {
        if (feeds.isEmpty())
        {
            bulks.closeUnused(nowNs);
            return 0;
        }
        if (!mayFeed())
        {
            return 0;
        }
        int work = 0;
        int budget = limits.feedBytes();
        for (int i = 0, size = feeds.size(); i < size && budget > 0 && pace.mayFeed(nowNs); i++)
        {
            nextFeed = nextFeed < feeds.size() ? nextFeed : 0;
            final BulkFeed feed = feeds.get(nextFeed);
            final ReadPartition partition = partitions.get(feed.key());
            final Outbound bulk = bulks.to(feed.follower(), nowNs);
            final int sent = partition == null || bulk == null ?
                0 : feed(feed, partition, bulk, Math.min(budget, limits.sessionBytes()));
            if (sent < 0 || feed.isDone())
            {
                ArrayListUtil.fastUnorderedRemove(feeds, nextFeed);
                continue;
            }
            budget -= sent;
            work += sent > 0 ? 1 : 0;
            nextFeed++;
        }
        return work;
    }

    private boolean mayFeed()
    {
        long highWatermarks = 0;
        for (final ReadPartition partition : partitions.values())
        {
            highWatermarks += partition.isLeader() ? partition.highWatermark() : 0;
        }
        pace.onCommitted(highWatermarks, nowNs);
        return pace.mayFeed(nowNs);
    }

    private int feed(final BulkFeed feed, final ReadPartition partition, final Outbound bulk, final int budget)
    {
        final BatchFlyweight batch = partition.batch();
        int sent = 0;
        while (sent < budget && !feed.isDone() && pace.mayFeed(nowNs))
        {
            final int length = partition.read(feed.nextOffset(), Long.MAX_VALUE);
            if (length < 0)
            {
                return length;
            }
            if (length == 0 || publisher.append(
                bulk, feed, partition.highWatermark(), partition.logStart(), partition.view(), length) < 0)
            {
                break;
            }
            feed.onSent(batch.endOffset());
            pace.onFed(length, batch.count(), nowNs);
            sent += length;
        }
        return sent;
    }
}
