package io.syncline.simulator;

import io.syncline.client.Acks;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What clients did and were told, and what must hold of it (H1 to H8, I10, I12). */
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
        final boolean idempotent;
        final long ackedBefore;
        Outcome outcome = Outcome.OPEN;
        long offset = -1;
        int code;

        Offered(
            final long id, final int producer, final long key, final Acks acks, final boolean idempotent, final long ackedBefore)
        {
            this.id = id;
            this.producer = producer;
            this.key = key;
            this.acks = acks;
            this.idempotent = idempotent;
            this.ackedBefore = ackedBefore;
        }

        @Override
        public String toString()
        {
            return "record " + id + " of producer " + producer + " to " + PartitionKey.toString(key) + " acks=" + acks + " " +
                outcome + (outcome == Outcome.ACKED ? " at " + offset : code < 0 ? " " + Codes.describe(code) : "");
        }
    }

    private final SimTruth truth;
    private final List<Offered> records = new ArrayList<>();
    private final Map<Long, Long> ackedEnds = new HashMap<>();
    private long consumed;

    SimHistory(final SimTruth truth)
    {
        this.truth = truth;
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

    Offered onOffered(final int producer, final long key, final Acks acks, final boolean idempotent)
    {
        final Offered record = new Offered(
            records.size(), producer, key, acks, idempotent, ackedEnds.getOrDefault(key, 0L));
        records.add(record);
        return record;
    }

    void onAcked(final Offered record, final long offset)
    {
        if (record.outcome != Outcome.OPEN)
        {
            throw new Violation("H2", "told twice: " + record);
        }
        record.outcome = Outcome.ACKED;
        record.offset = offset;
        if (record.acks == Acks.ALL)
        {
            if (offset >= truth.end(record.key) || truth.recordId(record.key, offset) != record.id)
            {
                throw new Violation("I10", "acknowledged and not committed there: " + record + ", true HW " +
                    truth.end(record.key) + (offset < truth.end(record.key) ?
                    ", holds " + records.get((int)truth.recordId(record.key, offset)) : ""));
            }
            if (offset < record.ackedBefore)
            {
                throw new Violation("H7", "offered after an ack at " + (record.ackedBefore - 1) + ": " + record);
            }
            ackedEnds.merge(record.key, offset + 1, Math::max);
        }
    }

    void onFailed(final Offered record, final int code, final boolean isUnknown)
    {
        if (record.outcome != Outcome.OPEN)
        {
            throw new Violation("H2", "told twice: " + record);
        }
        record.code = code;
        record.outcome = isUnknown ? Outcome.UNKNOWN : Outcome.REFUSED;
    }

    /** A consumer was handed a record. */
    void onConsumed(final String consumer, final long key, final long expected, final long offset, final long id)
    {
        consumed++;
        if (offset != expected)
        {
            throw new Violation("H6", consumer + " of " + PartitionKey.toString(key) + " got offset " + offset + " after " +
                (expected - 1));
        }
        if (offset >= truth.end(key))
        {
            throw new Violation("I12", consumer + " of " + PartitionKey.toString(key) + " got offset " + offset +
                ", true HW " + truth.end(key));
        }
        if (truth.recordId(key, offset) != id)
        {
            throw new Violation("H3", consumer + " of " + PartitionKey.toString(key) + " got record " + id + " at offset " +
                offset + ", committed is " + truth.recordId(key, offset));
        }
    }

    /** After the drain. */
    void check(final List<Long> keys)
    {
        final Map<Long, Long> placeOf = new HashMap<>();
        for (final long key : keys)
        {
            final Map<Integer, Long> lastOf = new HashMap<>();
            for (long offset = 0; offset < truth.end(key); offset++)
            {
                final long id = truth.recordId(key, offset);
                if (id < 0)
                {
                    continue;
                }
                final Offered record = records.get((int)id);
                final Long before = placeOf.put(id, offset);
                require(before == null || !record.idempotent, "H4", record, "stands at " + before + " and at " + offset);
                require(before == null, "H2", record, "stands at " + before + " and at " + offset);
                require(record.outcome != Outcome.REFUSED, "H2", record, "refused, and stands at " + offset);
                require(record.key == key, "H3", record, "stands in " + PartitionKey.toString(key));
                final Long last = lastOf.put(record.producer, id);
                require(last == null || last < id || !record.idempotent, "H5", record, "stands behind record " + last);
            }
        }
        for (final Offered record : records)
        {
            if (record.outcome == Outcome.ACKED && record.acks == Acks.ALL && keys.contains(record.key))
            {
                final Long place = placeOf.get(record.id);
                require(place != null && place == record.offset, "H1", record, "read at " + place);
            }
        }
    }

    private static void require(final boolean holds, final String invariant, final Offered record, final String message)
    {
        if (!holds)
        {
            throw new Violation(invariant, record + ": " + message);
        }
    }
}
