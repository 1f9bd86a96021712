package io.syncline.simulator;

import io.syncline.client.Acks;
import io.syncline.history.HistoryChecker;
import io.syncline.history.HistoryNames;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What clients did and were told: handed to the rules of histories (H1 to H10), and to I10 and I12, which know the truth. */
final class SimHistory
{
    /** What is known of a record's fate. */
    enum Outcome
    {
        OPEN, ACKED, REFUSED, UNKNOWN
    }

    /** One offered record. */
    static final class Offered
    {
        final long id;
        final int producer;
        final long key;
        final Acks acks;
        Outcome outcome = Outcome.OPEN;
        long offset = -1;
        int code;

        Offered(final long id, final int producer, final long key, final Acks acks)
        {
            this.id = id;
            this.producer = producer;
            this.key = key;
            this.acks = acks;
        }

        @Override
        public String toString()
        {
            return "record " + id + " of producer " + producer + " to " + PartitionKey.toString(key) + " acks=" + acks + " " +
                outcome + (outcome == Outcome.ACKED ? " at " + offset : code < 0 ? " " + Codes.describe(code) : "");
        }
    }

    private static final String TRUTH = "G";

    private final SimTruth truth;
    private final SimClock clock;
    private final I10AcksAreCommitted i10;
    private final I12ReadersSeeCommitted i12;
    private final List<Offered> records = new ArrayList<>();
    private final List<String> readers = new ArrayList<>();
    private final Map<String, Integer> readerNumbers = new HashMap<>();
    private final HistoryChecker checker = new HistoryChecker(new Names(), (violation) ->
    {
        throw new Violation(violation.rule(), violation.toString());
    });
    private long consumed;

    SimHistory(final SimTruth truth, final SimClock clock, final SimInvariants invariants)
    {
        this.truth = truth;
        this.clock = clock;
        i10 = invariants.acks();
        i12 = invariants.readers();
    }

    List<Offered> records()
    {
        return records;
    }

    long count(final Outcome outcome)
    {
        return records.stream().filter((record) -> record.outcome == outcome).count();
    }

    long consumed()
    {
        return consumed;
    }

    /** @return id the next record is to carry */
    long nextId()
    {
        return records.size();
    }

    void onProducer(final int producer, final Acks acks, final boolean idempotent)
    {
        checker.onProducer(producer, idempotent, acks == Acks.ALL);
    }

    Offered onOffered(final int producer, final long key, final Acks acks, final long sequence)
    {
        final Offered record = new Offered(records.size(), producer, key, acks);
        records.add(record);
        checker.onSend(record.id, producer, key, sequence, clock.nowNs());
        return record;
    }

    void onAcked(final Offered record, final long offset, final int leaderEpoch)
    {
        record.outcome = Outcome.ACKED;
        record.offset = offset;
        i10.onAck(record, offset, leaderEpoch);
        checker.onAck(record.id, offset, leaderEpoch, clock.nowNs());
    }

    void onFailed(final Offered record, final int code, final boolean isUnknown)
    {
        record.code = code;
        record.outcome = isUnknown ? Outcome.UNKNOWN : Outcome.REFUSED;
        if (isUnknown)
        {
            checker.onUnknown(record.id, clock.nowNs());
        }
        else
        {
            checker.onFail(record.id, clock.nowNs());
        }
    }

    /** A consumer begins at an offset. */
    void onSeek(final String consumer, final long key, final long offset)
    {
        checker.onSeek(reader(consumer), key, offset);
    }

    /** A consumer was handed a record. */
    void onConsumed(final String consumer, final long key, final long offset, final int epoch, final long id)
    {
        consumed++;
        i12.onConsumed(consumer, key, offset, id);
        checker.onRead(reader(consumer), key, offset, epoch, id, clock.nowNs());
    }

    /** A consumer was told the latest offset. */
    void onLatest(final String consumer, final long key, final long latest)
    {
        checker.onLatest(reader(consumer), key, latest, clock.nowNs());
    }

    /** A replica as it is in the end. */
    void onReplica(final long key, final int broker, final long logStart, final long logEnd, final long chain)
    {
        checker.onReplica(key, broker, logStart, logEnd, chain);
    }

    /** After the drain: every consumer has read everything, and G is one reader more, which knows of all partitions. */
    void check(final List<Long> keys)
    {
        final int g = reader(TRUTH);
        for (final long key : keys)
        {
            for (long offset = 0; offset < truth.end(key); offset++)
            {
                checker.onRead(g, key, offset, truth.epoch(key, offset), truth.recordId(key, offset), clock.nowNs());
            }
        }
        for (int i = 0; i < readers.size(); i++)
        {
            checker.onReader(i, true);
        }
        checker.check();
    }

    /** R5.7, after the drain: of a partition whose leaders all lived until they had handed over. */
    void checkAcksLeader(final long key)
    {
        for (final Offered record : records)
        {
            if (record.key == key && record.outcome == Outcome.ACKED && record.acks == Acks.LEADER &&
                (record.offset >= truth.end(key) || truth.recordId(key, record.offset) != record.id))
            {
                throw new Violation("R5.7", "lost by a planned move: " + record);
            }
        }
    }

    private int reader(final String name)
    {
        final Integer number = readerNumbers.get(name);
        if (number != null)
        {
            return number;
        }
        readers.add(name);
        readerNumbers.put(name, readers.size() - 1);
        return readers.size() - 1;
    }

    private final class Names implements HistoryNames
    {
        @Override
        public String partition(final long partition)
        {
            return PartitionKey.toString(partition);
        }

        @Override
        public String record(final long id)
        {
            return id >= 0 && id < records.size() ? records.get((int)id).toString() : Long.toString(id);
        }

        @Override
        public String reader(final int reader)
        {
            return readers.get(reader);
        }
    }
}
