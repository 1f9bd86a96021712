package io.syncline.history;

import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Applies H1 to H10 of PROTOCOL.md to a history. Events go in as they are read or as they happen, {@link #check()} says
 * that there are no more. What can be judged at once is; what needs the whole history is judged at the end. Belongs to
 * one thread.
 * <p>
 * Order: the send of a record before everything else about that record, the events of one reader as they happened; else
 * any. Records, producers, readers and partitions are numbers of the caller's choice; {@link HistoryNames} gives them
 * names in messages, {@link RecordNames} makes numbers of record ids.
 */
public final class HistoryChecker
{
    /** A record without an id: one of somebody else's, which is only looked at by its offset. */
    public static final long NULL_ID = -1;
    /** Violations of one rule that are kept; more are only counted. */
    public static final int KEPT_PER_RULE = 20;

    private final HistoryNames names;
    private final HistoryViolation.Handler handler;
    private final HistoryRecords records = new HistoryRecords();
    private final Long2ObjectHashMap<OffsetValues> partitions = new Long2ObjectHashMap<>();
    private final Int2ObjectHashMap<ReaderHistory> readers = new Int2ObjectHashMap<>();
    private final Long2LongHashMap logStarts = new Long2LongHashMap(NULL_ID);
    private final List<HistoryViolation> violations = new ArrayList<>();
    private final List<HistoryRule> rules = List.of(
        new H1AckedIsRead(this), new H2RefusedIsNeverRead(this), new H3OneValuePerOffset(this), new H4NoDuplicates(this),
        new H5ProducerOrder(this), new H6NoGap(this), new H7RealTimeOrder(this), new H8LatestNeverFalls(this),
        new H9HealthyAcceptsWrites(this), new H10ReplicasConverge(this));
    private long reads;
    private long foreign;
    private boolean isChecked;

    /** Keeps the first violations of each rule, for {@link #check()}. */
    public HistoryChecker()
    {
        this(HistoryNames.NUMBERS, null);
    }

    /**
     * @param names   for messages
     * @param handler sees each violation as it is found, and may throw; null for nobody
     */
    public HistoryChecker(final HistoryNames names, final HistoryViolation.Handler handler)
    {
        this.names = names;
        this.handler = handler;
    }

    /**
     * Says what kind of producer it is; unsaid, it is idempotent and waits for all.
     *
     * @param producer     number
     * @param isIdempotent its retries are told from new records
     * @param isAckCommit  its acks say that a record is committed (acks=all), not only appended
     */
    public void onProducer(final int producer, final boolean isIdempotent, final boolean isAckCommit)
    {
        records.producer(producer, isIdempotent, isAckCommit);
    }

    /**
     * @param id        of the record, not below 0, unique
     * @param producer  who sent it
     * @param partition it was sent to
     * @param sequence  ascending for each producer and partition
     * @param tNs       before the send began
     */
    public void onSend(final long id, final int producer, final long partition, final long sequence, final long tNs)
    {
        if (id < 0)
        {
            throw new IllegalArgumentException("record id " + id + " is below 0");
        }
        records.add(id, producer, partition, sequence, tNs);
    }

    /**
     * @param id     of a record that was sent
     * @param offset it was given, below 0 where the level of acks tells none
     * @param epoch  the leader's
     * @param tNs    when the producer was told
     */
    public void onAck(final long id, final long offset, final int epoch, final long tNs)
    {
        onAnswer(id, HistoryRecords.ACKED, offset, tNs);
    }

    /**
     * The record is not in the log and never will be.
     *
     * @param id  of a record that was sent
     * @param tNs when the producer was told
     */
    public void onFail(final long id, final long tNs)
    {
        onAnswer(id, HistoryRecords.REFUSED, HistoryRecords.NONE, tNs);
    }

    /**
     * The record may be in the log, or come to be. A record that is never answered counts as such a one.
     *
     * @param id  of a record that was sent
     * @param tNs when the producer was told
     */
    public void onUnknown(final long id, final long tNs)
    {
        onAnswer(id, HistoryRecords.UNKNOWN, HistoryRecords.NONE, tNs);
    }

    /**
     * Says what kind of reader it is; unsaid, it may have stopped anywhere.
     *
     * @param reader     number
     * @param isComplete it has read every partition from its log start to its end after all faults had been healed (H1)
     */
    public void onReader(final int reader, final boolean isComplete)
    {
        reader(reader).complete(isComplete);
    }

    /**
     * @param reader    who moves on its own account
     * @param partition read
     * @param offset    it is to be given next
     */
    public void onSeek(final int reader, final long partition, final long offset)
    {
        rules.forEach((rule) -> rule.onSeek(reader, partition, offset));
    }

    /**
     * @param reader    who was given a record
     * @param partition read
     * @param offset    of the record
     * @param epoch     of its batch
     * @param id        of the record, {@link #NULL_ID} for one that carries none
     * @param tNs       when
     */
    public void onRead(
        final int reader, final long partition, final long offset, final int epoch, final long id, final long tNs)
    {
        reads++;
        final int record = id < 0 ? HistoryRecords.NONE : records.indexOf(id);
        foreign += record < 0 ? 1 : 0;
        for (int i = 0; i < rules.size(); i++)
        {
            rules.get(i).onRead(reader, partition, offset, epoch, id, record);
        }
        final OffsetValues values = values(partition);
        if (values.id(offset) == OffsetValues.UNREAD)
        {
            values.put(offset, id, epoch);
        }
        if (record >= 0 && records.foundAt(record) < 0)
        {
            records.found(record, offset);
        }
        reader(reader).onRead(partition, offset);
    }

    /**
     * @param reader    who was told the latest offset
     * @param partition of it
     * @param latest    next offset after the last that can be read
     * @param tNs       when
     */
    public void onLatest(final int reader, final long partition, final long latest, final long tNs)
    {
        rules.forEach((rule) -> rule.onLatest(reader, partition, latest));
    }

    /**
     * What retention has left: acked records below need not be read any more.
     *
     * @param partition of a log
     * @param logStart  its first offset
     */
    public void onLogStart(final long partition, final long logStart)
    {
        logStarts.put(partition, logStart);
    }

    /**
     * How long a partition took to accept a write once everything that takes part was healthy.
     *
     * @param partition  probed
     * @param healthyNs  begin of the window
     * @param acceptedNs first write that was accepted in it, below 0 for none
     * @param boundNs    it may take
     */
    public void onProbe(final long partition, final long healthyNs, final long acceptedNs, final long boundNs)
    {
        rules.forEach((rule) -> rule.onProbe(partition, healthyNs, acceptedNs, boundNs));
    }

    /**
     * A replica as it is in the end.
     *
     * @param partition  of it
     * @param broker     of it
     * @param fromOffset first offset of its log
     * @param toOffset   end of its log, exclusive
     * @param checksum   over its batches, or their chain
     */
    public void onReplica(
        final long partition, final int broker, final long fromOffset, final long toOffset, final long checksum)
    {
        rules.forEach((rule) -> rule.onReplica(partition, broker, fromOffset, toOffset, checksum));
    }

    /**
     * A replica that was found to differ in the end.
     *
     * @param partition   of it
     * @param leader      it was compared with
     * @param broker      of it
     * @param firstOffset that differs, below 0 when it did not answer
     */
    public void onReplicaDiffers(final long partition, final int leader, final int broker, final long firstOffset)
    {
        rules.forEach((rule) -> rule.onReplicaDiffers(partition, leader, broker, firstOffset));
    }

    /**
     * There are no more events: judges what needs all of them. Once.
     *
     * @return violations, the first {@link #KEPT_PER_RULE} of each rule
     */
    public List<HistoryViolation> check()
    {
        if (isChecked)
        {
            throw new IllegalStateException("this history has been checked");
        }
        isChecked = true;
        rules.forEach(HistoryRule::onEnd);
        return List.copyOf(violations);
    }

    /** @return names of the rules, in order */
    public List<String> rules()
    {
        return rules.stream().map(HistoryRule::name).toList();
    }

    /**
     * @param rule "H1" to "H10"
     * @return how often it had something to look at; 0 means that the history does not show whether it holds
     */
    public long judged(final String rule)
    {
        return rule(rule).judged();
    }

    /**
     * @param rule "H1" to "H10"
     * @return how often it was found not to hold, those that were not kept included
     */
    public long violations(final String rule)
    {
        return rule(rule).violations();
    }

    /** @return records sent */
    public long sent()
    {
        return records.size();
    }

    /** @return records read, by all readers */
    public long reads()
    {
        return reads;
    }

    /** @return records read that nobody is known to have sent */
    public long foreign()
    {
        return foreign;
    }

    HistoryRecords records()
    {
        return records;
    }

    HistoryNames names()
    {
        return names;
    }

    Collection<ReaderHistory> readers()
    {
        return readers.values();
    }

    OffsetValues values(final long partition)
    {
        OffsetValues values = partitions.get(partition);
        if (values == null)
        {
            values = new OffsetValues();
            partitions.put(partition, values);
        }
        return values;
    }

    /** Sees a partition and what was read of it. */
    interface PartitionVisitor
    {
        void onPartition(long partition, OffsetValues values);
    }

    void forEachPartition(final PartitionVisitor visitor)
    {
        partitions.forEachLong(visitor::onPartition);
    }

    long logStart(final long partition)
    {
        return Math.max(0, logStarts.get(partition));
    }

    void violated(final HistoryViolation violation, final long countOfRule)
    {
        if (countOfRule <= KEPT_PER_RULE)
        {
            violations.add(violation);
        }
        if (handler != null)
        {
            handler.onViolation(violation);
        }
    }

    private void onAnswer(final long id, final byte outcome, final long offset, final long tNs)
    {
        final int record = records.indexOf(id);
        if (record < 0)
        {
            throw new IllegalArgumentException("record " + names.record(id) + " is answered and was not sent");
        }
        if (records.outcome(record) == HistoryRecords.OPEN)
        {
            records.answer(record, outcome, offset, tNs);
            rules.forEach((rule) -> rule.onAnswer(record));
        }
        else
        {
            rules.forEach((rule) -> rule.onAnswerAgain(record, outcome));
        }
    }

    private ReaderHistory reader(final int reader)
    {
        ReaderHistory history = readers.get(reader);
        if (history == null)
        {
            history = new ReaderHistory(reader);
            readers.put(reader, history);
        }
        return history;
    }

    private HistoryRule rule(final String name)
    {
        return rules.stream().filter((rule) -> rule.name().equals(name)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no rule is named " + name));
    }
}
