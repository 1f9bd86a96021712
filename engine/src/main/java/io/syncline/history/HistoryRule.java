package io.syncline.history;

/** One rule of PROTOCOL.md: sees every event and says where it does not hold. Overrides what it has to look at. */
abstract class HistoryRule
{
    private final String name;
    private final HistoryChecker checker;
    private long judged;
    private long violations;

    HistoryRule(final String name, final HistoryChecker checker)
    {
        this.name = name;
        this.checker = checker;
    }

    /** A producer was told of a record; {@code records} says what. */
    void onAnswer(final int record)
    {
    }

    /** A producer was told again of a record. */
    void onAnswerAgain(final int record, final byte outcome)
    {
    }

    /** Before the read is noted: what stands in {@code values} and in {@code foundAt} is what others have read. */
    void onRead(
        final int reader, final long partition, final long offset, final int epoch, final long id, final int record)
    {
    }

    void onSeek(final int reader, final long partition, final long offset)
    {
    }

    void onLatest(final int reader, final long partition, final long latest)
    {
    }

    void onProbe(final long partition, final long healthyNs, final long acceptedNs, final long boundNs)
    {
    }

    void onReplica(
        final long partition, final int broker, final long fromOffset, final long toOffset, final long checksum)
    {
    }

    void onReplicaDiffers(final long partition, final int leader, final int broker, final long firstOffset)
    {
    }

    /** All events have been seen. */
    void onEnd()
    {
    }

    final String name()
    {
        return name;
    }

    final long judged()
    {
        return judged;
    }

    final long violations()
    {
        return violations;
    }

    final HistoryChecker checker()
    {
        return checker;
    }

    final HistoryRecords records()
    {
        return checker.records();
    }

    final HistoryNames names()
    {
        return checker.names();
    }

    /** The rule had something to look at. */
    final void judge()
    {
        judged++;
    }

    final void violated(final long partition, final String where, final String expected, final String found)
    {
        violations++;
        checker.violated(new HistoryViolation(name, partition, where, expected, found), violations);
    }

    final String at(final long partition)
    {
        return "partition " + names().partition(partition);
    }

    final String of(final int record)
    {
        return at(records().partition(record)) + ", record " + names().record(records().id(record));
    }

    final String by(final int reader, final long partition)
    {
        return at(partition) + ", reader " + names().reader(reader);
    }
}
