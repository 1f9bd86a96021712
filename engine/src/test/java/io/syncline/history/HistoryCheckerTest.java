package io.syncline.history;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** For each rule a history that breaks it, and one that looks alike and does not. */
@Timeout(10)
class HistoryCheckerTest
{
    private static final long P = 7;
    private static final long Q = 8;
    private static final int IDEMPOTENT = 0;
    private static final int PLAIN = 1;
    private static final int APPENDED_ONLY = 2;
    private static final int LIVE = 0;
    private static final int LAST = 1;

    private final HistoryChecker checker = new HistoryChecker();
    private long nowNs = 1000;

    HistoryCheckerTest()
    {
        checker.onProducer(IDEMPOTENT, true, true);
        checker.onProducer(PLAIN, false, true);
        checker.onProducer(APPENDED_ONLY, true, false);
        checker.onReader(LAST, true);
    }

    @Test
    void h1_anAckedRecordThatIsNotReadAfterHealIsLost()
    {
        acked(1, IDEMPOTENT, 0, 0);
        acked(2, IDEMPOTENT, 1, 1);
        read(LAST, 0, 1);
        broken("H1", "partition 7, record 2", "the record at 1", "nothing read there by reader 1, who read from 0 to 1");
    }

    @Test
    void h1_anAckedRecordThatStandsElsewhereIsNotWhereItWasPromised()
    {
        acked(1, IDEMPOTENT, 0, 3);
        checker.onSeek(LAST, P, 0);
        read(LAST, 0, 1);
        broken("H1", "partition 7, record 1", "the record at 3", "nothing");
    }

    @Test
    void h1_holdsWhereEveryAckedRecordIsReadAndWhatWasOnlyAppendedIsNot()
    {
        acked(1, IDEMPOTENT, 0, 0);
        acked(2, APPENDED_ONLY, 0, 1);
        acked(3, IDEMPOTENT, 1, -1);
        read(LIVE, 0, 1);
        read(LAST, 0, 1);
        clean("H1");
    }

    @Test
    void h1_doesNotAskForWhatRetentionTook()
    {
        acked(1, IDEMPOTENT, 0, 0);
        acked(2, IDEMPOTENT, 1, 1);
        checker.onLogStart(P, 1);
        read(LAST, 1, 2);
        clean("H1");
    }

    @Test
    void h1_isNotJudgedWithoutAReaderThatHasReadEverything()
    {
        final HistoryChecker incomplete = new HistoryChecker();
        incomplete.onSend(1, IDEMPOTENT, P, 0, 1);
        incomplete.onAck(1, 0, 1, 2);
        incomplete.onRead(LIVE, P, 0, 1, 1, 3);
        assertThat(incomplete.check()).isEmpty();
        assertThat(incomplete.judged("H1")).isZero();
    }

    @Test
    void h2_aRefusedRecordThatIsReadIsNoRefusal()
    {
        sent(1, IDEMPOTENT, 0);
        checker.onFail(1, tick());
        read(LIVE, 0, 1);
        broken("H2", "partition 7, record 1", "no reader to see a refused record", "it at offset 0");
    }

    @Test
    void h2_aRecordThatIsRefusedAfterItWasReadIsNoRefusal()
    {
        sent(1, IDEMPOTENT, 0);
        read(LIVE, 0, 1);
        checker.onFail(1, tick());
        broken("H2", "partition 7, record 1", "no reader to see a refused record", "it at offset 0");
    }

    @Test
    void h2_aRecordInDoubtStandsOnceAtMost()
    {
        sent(1, PLAIN, 0);
        checker.onUnknown(1, tick());
        read(LIVE, 0, 1);
        read(LIVE, 1, 1);
        broken("H2", "partition 7, record 1", "one place for a record that is in doubt", "offsets 0 and 1");
    }

    @Test
    void h2_nobodyIsToldTwice()
    {
        acked(1, IDEMPOTENT, 0, 4);
        checker.onFail(1, tick());
        broken("H2", "partition 7, record 1", "one answer", "another one after acked at 4");
    }

    @Test
    void h2_holdsForARefusedRecordThatNobodyReadsAndOneInDoubtThatTwoRead()
    {
        sent(1, IDEMPOTENT, 0);
        checker.onFail(1, tick());
        sent(2, PLAIN, 1);
        checker.onUnknown(2, tick());
        read(LIVE, 0, 2);
        read(LAST, 0, 2);
        clean("H2");
    }

    @Test
    void h3_twoReadersMustSeeTheSameRecord()
    {
        sent(1, IDEMPOTENT, 0);
        sent(2, PLAIN, 0);
        read(LIVE, 0, 1);
        read(LAST, 0, 2);
        broken("H3", "partition 7, reader 1, offset 0", "record 1 of epoch 1", "record 2 of epoch 1");
    }

    @Test
    void h3_twoReadersMustSeeTheSameEpoch()
    {
        read(LIVE, 0, HistoryChecker.NULL_ID);
        checker.onRead(LAST, P, 0, 2, HistoryChecker.NULL_ID, tick());
        broken("H3", "partition 7, reader 1, offset 0", "record -1 of epoch 1", "record -1 of epoch 2");
    }

    @Test
    void h3_anAckIsALookAsWell()
    {
        acked(1, PLAIN, 0, 0);
        sent(2, PLAIN, 1);
        read(LIVE, 0, 2);
        broken("H3", "partition 7, offset 0", "record 1, acknowledged there", "record 2");
    }

    @Test
    void h3_aRecordStandsInThePartitionItWasSentTo()
    {
        sent(1, IDEMPOTENT, 0);
        checker.onRead(LIVE, Q, 0, 1, 1, tick());
        broken("H3", "partition 8, reader 0, offset 0", "record 1 in partition 7, where it was sent", "it here");
    }

    @Test
    void h3_holdsWhereReadersAgreeAndPartitionsDiffer()
    {
        sent(1, IDEMPOTENT, 0);
        checker.onSend(2, IDEMPOTENT, Q, 0, tick());
        read(LIVE, 0, 1);
        read(LAST, 0, 1);
        checker.onRead(LIVE, Q, 0, 1, 2, tick());
        clean("H3");
    }

    @Test
    void h4_anIdempotentProducerLeavesNoDuplicate()
    {
        acked(1, IDEMPOTENT, 0, 0);
        read(LAST, 0, 1);
        read(LAST, 1, 1);
        broken("H4", "partition 7, record 1", "one place", "offsets 0 and 1");
    }

    @Test
    void h4_holdsWhereTheSameOffsetIsReadTwice()
    {
        acked(1, IDEMPOTENT, 0, 0);
        read(LIVE, 0, 1);
        read(LAST, 0, 1);
        clean("H4");
    }

    @Test
    void h5_offsetsOfAProducerFollowItsSequences()
    {
        sent(1, IDEMPOTENT, 0);
        sent(2, IDEMPOTENT, 1);
        read(LAST, 0, 2);
        read(LAST, 1, 1);
        broken("H5", "partition 7, record 1, producer 0", "sequence 0 before sequence 1", "offsets 1 and 0");
    }

    @Test
    void h5_holdsWhereTwoProducersMixAndOneLeavesASequenceOut()
    {
        sent(1, IDEMPOTENT, 0);
        sent(2, IDEMPOTENT, 1);
        sent(3, IDEMPOTENT, 2);
        sent(4, APPENDED_ONLY, 0);
        sent(5, PLAIN, 1);
        sent(6, PLAIN, 0);
        read(LAST, 0, 1);
        read(LAST, 1, 4);
        read(LAST, 2, 3);
        read(LAST, 3, 5);
        read(LAST, 4, 6);
        clean("H5");
    }

    @Test
    void h6_aReaderSkipsNothing()
    {
        read(LIVE, 0, HistoryChecker.NULL_ID);
        read(LIVE, 2, HistoryChecker.NULL_ID);
        broken("H6", "partition 7, reader 0", "offset 1", "offset 2");
    }

    @Test
    void h6_aReaderDoesNotStepBack()
    {
        checker.onSeek(LIVE, P, 5);
        read(LIVE, 5, HistoryChecker.NULL_ID);
        read(LIVE, 5, HistoryChecker.NULL_ID);
        broken("H6", "partition 7, reader 0", "offset 6", "offset 5");
    }

    @Test
    void h6_aSeekMayGoAnywhere()
    {
        read(LIVE, 3, HistoryChecker.NULL_ID);
        read(LIVE, 4, HistoryChecker.NULL_ID);
        checker.onSeek(LIVE, P, 0);
        read(LIVE, 0, HistoryChecker.NULL_ID);
        checker.onRead(LIVE, Q, 9, 1, HistoryChecker.NULL_ID, tick());
        read(LAST, 1, HistoryChecker.NULL_ID);
        clean("H6");
    }

    @Test
    void h7_whatIsSentAfterAnAckStandsBehindIt()
    {
        acked(1, IDEMPOTENT, 0, 5);
        acked(2, PLAIN, 0, 4);
        broken("H7", "partition 7, record 2", "an offset above 5, where record 1 was acknowledged", "offset 4");
    }

    @Test
    void h7_countsForARecordThatIsOnlyReadToo()
    {
        acked(1, IDEMPOTENT, 0, 1);
        sent(2, PLAIN, 0);
        checker.onUnknown(2, tick());
        read(LIVE, 0, 2);
        broken("H7", "partition 7, record 2", "an offset above 1", "offset 0");
    }

    @Test
    void h7_asksNothingOfRecordsThatWereUnderWayTogether()
    {
        sent(1, IDEMPOTENT, 0);
        sent(2, PLAIN, 0);
        checker.onAck(1, 5, 1, tick());
        checker.onAck(2, 4, 1, tick());
        checker.onSend(3, PLAIN, Q, 0, tick());
        checker.onAck(3, 0, 1, tick());
        acked(4, IDEMPOTENT, 1, 6);
        clean("H7");
    }

    @Test
    void h7_goesByTheClockAndNotByTheOrderOfTheEvents()
    {
        checker.onSend(1, IDEMPOTENT, P, 0, 100);
        checker.onAck(1, 5, 1, 110);
        checker.onSend(2, PLAIN, P, 0, 50);
        checker.onAck(2, 4, 1, 120);
        clean("H7");
    }

    @Test
    void h8_theLatestOffsetDoesNotFall()
    {
        checker.onLatest(LIVE, P, 5, tick());
        checker.onLatest(LIVE, P, 4, tick());
        broken("H8", "partition 7, reader 0", "a latest offset of 5 or more", "4");
    }

    @Test
    void h8_theLatestOffsetIsAboveWhatWasRead()
    {
        read(LIVE, 6, HistoryChecker.NULL_ID);
        checker.onLatest(LIVE, P, 6, tick());
        broken("H8", "partition 7, reader 0", "a latest offset of 7 or more", "6");
    }

    @Test
    void h8_holdsForEachReaderByItself()
    {
        checker.onLatest(LIVE, P, 0, tick());
        checker.onLatest(LIVE, P, 5, tick());
        checker.onLatest(LIVE, P, 5, tick());
        checker.onLatest(LAST, P, 4, tick());
        checker.onLatest(LIVE, Q, 1, tick());
        clean("H8");
    }

    @Test
    void h9_aHealthyPartitionAcceptsWritesInTime()
    {
        checker.onProbe(P, 1_000_000_000, 12_000_000_000L, 10_000_000_000L);
        broken("H9", "partition 7", "a write accepted within 10000 ms of being healthy", "one after 11000 ms");
    }

    @Test
    void h9_aHealthyPartitionThatAcceptsNothingIsFound()
    {
        checker.onProbe(P, 1_000_000_000, -1, 10_000_000_000L);
        broken("H9", "partition 7", "a write accepted within 10000 ms of being healthy", "none");
    }

    @Test
    void h9_holdsWhereAWriteIsAcceptedInTime()
    {
        checker.onProbe(P, 1_000_000_000, 1_200_000_000, 10_000_000_000L);
        clean("H9");
    }

    @Test
    void h10_replicasEndAtOneOffset()
    {
        checker.onReplica(P, 1, 0, 10, 77);
        checker.onReplica(P, 2, 5, 9, 78);
        broken("H10", "partition 7", "the same as broker 1 [0, 10) checksum 4d", "broker 2 [5, 9) checksum 4e");
    }

    @Test
    void h10_replicasHoldTheSameBytes()
    {
        checker.onReplica(P, 1, 0, 10, 77);
        checker.onReplica(P, 2, 0, 10, 78);
        broken("H10", "partition 7", "the same as broker 1 [0, 10) checksum 4d", "broker 2 [0, 10) checksum 4e");
    }

    @Test
    void h10_aComparisonThatFoundADifferenceCounts()
    {
        checker.onReplicaDiffers(P, 1, 2, 33);
        broken("H10", "partition 7", "broker 2 to hold what broker 1 holds", "other bytes from offset 33");
    }

    @Test
    void h10_holdsForReplicasThatAreTheSame()
    {
        checker.onReplica(P, 1, 0, 10, 77);
        checker.onReplica(P, 2, 0, 10, 77);
        checker.onReplica(P, 3, 4, 10, 5);
        checker.onReplica(Q, 2, 0, 3, 1);
        clean("H10");
    }

    @Test
    void violationsAreToldAtOnceAndOnlyTheFirstAreKept()
    {
        final int[] told = {0};
        final HistoryChecker all = new HistoryChecker(HistoryNames.NUMBERS, (violation) -> told[0]++);
        for (int i = 0; i < 100; i++)
        {
            all.onRead(LIVE, P, i * 2, 1, HistoryChecker.NULL_ID, i);
        }
        assertThat(told[0]).isEqualTo(99);
        assertThat(all.violations("H6")).isEqualTo(99);
        assertThat(all.check()).hasSize(HistoryChecker.KEPT_PER_RULE);
        assertThat(all.foreign()).isEqualTo(100);
    }

    @Test
    void aLongHistoryWithManyPartitionsAndProducersIsClean()
    {
        final int partitions = 5;
        final int records = 50_000;
        for (int i = 0; i < records; i++)
        {
            checker.onSend(i, i % 3 == 0 ? IDEMPOTENT : 10 + i % 3, i % partitions, i, tick());
            checker.onAck(i, i / partitions, 1, tick());
        }
        for (int i = 0; i < records; i++)
        {
            checker.onRead(LAST, i % partitions, i / partitions, 1, i, tick());
        }
        assertThat(checker.check()).isEmpty();
        assertThat(checker.judged("H1")).isEqualTo(records);
        assertThat(checker.judged("H7")).isEqualTo(records);
        assertThat(checker.sent()).isEqualTo(records);
        assertThat(checker.reads()).isEqualTo(records);
    }

    @Test
    void wrongUseIsRefused()
    {
        sent(1, IDEMPOTENT, 0);
        assertThatThrownBy(() -> sent(1, IDEMPOTENT, 1)).hasMessageContaining("record id 1 was sent before");
        assertThatThrownBy(() -> sent(-1, IDEMPOTENT, 1)).hasMessageContaining("below 0");
        assertThatThrownBy(() -> checker.onAck(2, 0, 1, 1)).hasMessageContaining("record 2 is answered and was not sent");
        checker.check();
        assertThatThrownBy(checker::check).isInstanceOf(IllegalStateException.class);
    }

    private void sent(final long id, final int producer, final long sequence)
    {
        checker.onSend(id, producer, P, sequence, tick());
    }

    private void acked(final long id, final int producer, final long sequence, final long offset)
    {
        sent(id, producer, sequence);
        checker.onAck(id, offset, 1, tick());
    }

    private void read(final int reader, final long offset, final long id)
    {
        checker.onRead(reader, P, offset, 1, id, tick());
    }

    private long tick()
    {
        return nowNs++;
    }

    private void clean(final String rule)
    {
        checker.check();
        assertThat(checker.violations(rule)).isZero();
        assertThat(checker.judged(rule)).isPositive();
    }

    private void broken(final String rule, final String where, final String expected, final String found)
    {
        final List<HistoryViolation> violations = checker.check().stream()
            .filter((violation) -> violation.rule().equals(rule)).toList();
        assertThat(violations).singleElement().satisfies((violation) ->
        {
            assertThat(violation.where()).isEqualTo(where);
            assertThat(violation.expected()).startsWith(expected);
            assertThat(violation.found()).startsWith(found);
            assertThat(violation.toString()).startsWith(rule + ": partition ");
        });
        assertThat(checker.violations(rule)).isEqualTo(1);
    }
}
