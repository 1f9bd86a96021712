package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class AckLedgerTest
{
    private final AckLedger ledger = new AckLedger();

    @Test
    void shouldKnowTheOffsetOfEveryAcknowledgedSequence()
    {
        for (int i = 0; i < 30; i++)
        {
            ledger.onOffered();
        }
        ledger.onAck(0, 9, 109);
        ledger.onAck(10, 14, 114);
        ledger.onFailed(15, 19);
        ledger.onAck(20, 24, 119);

        assertThat(ledger.offsetOf(0)).isEqualTo(100);
        assertThat(ledger.offsetOf(12)).isEqualTo(112);
        assertThat(ledger.offsetOf(15)).isEqualTo(SequenceOffsets.NULL_OFFSET);
        assertThat(ledger.offsetOf(19)).isEqualTo(SequenceOffsets.NULL_OFFSET);
        assertThat(ledger.offsetOf(20)).isEqualTo(115);
        assertThat(ledger.offsetOf(25)).isEqualTo(SequenceOffsets.NULL_OFFSET);
        assertThat(ledger.acked()).isEqualTo(20);
        assertThat(ledger.failed()).isEqualTo(5);
        assertThat(ledger.inFlight()).isEqualTo(5);
    }
}
