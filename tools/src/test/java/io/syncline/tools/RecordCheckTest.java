package io.syncline.tools;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** The check must be able to fail: each kind of defect is planted once and must be found, and be called by its name. */
@Timeout(30)
class RecordCheckTest
{
    private static final int PARTITIONS = 2;
    private static final int PARTITION = 1;

    @TempDir
    private Path dir;
    private LineFile lines;
    private LineFile.Cursor cursor;
    private RecordCheck check;
    private final AckLedger ledger = new AckLedger();

    @BeforeEach
    void before() throws IOException
    {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20; i++)
        {
            text.append(textOf(i)).append('\n');
        }
        lines = LineFile.scan(Files.writeString(dir.resolve("input"), text));
        cursor = lines.open();
        check = new RecordCheck("broker 1", PARTITION, PARTITIONS, lines, cursor);
        for (int i = 0; i < 10; i++)
        {
            ledger.onOffered();
        }
    }

    @AfterEach
    void after() throws IOException
    {
        cursor.close();
    }

    @Test
    void shouldPassWhatWasProducedInOrder() throws IOException
    {
        ledger.onAck(0, 9, 9);
        reads(1, 3, 5, 7, 9, 11, 13, 15, 17, 19);
        assertCounts(0, 0, 0, 0);
        assertThat(check.isClean()).isTrue();
        assertThat(check.firstDefect()).isNull();
        assertThat(check.records()).isEqualTo(10);
    }

    @Test
    void shouldFindALostRecord() throws IOException
    {
        ledger.onAck(0, 9, 9);
        reads(1, 3, 5, 7, 9, 11, 13, 15, 17);
        assertCounts(1, 0, 0, 0);
        assertThat(check.firstDefect())
            .isEqualTo("broker 1, partition 1: line 20, acknowledged at offset 9, is missing");
    }

    @Test
    void shouldFindALostRecordInTheMiddle() throws IOException
    {
        ledger.onAck(0, 9, 9);
        reads(1, 3, 5, 7, 11, 13, 15, 17, 19);
        assertThat(check.lost()).isEqualTo(1);
        assertThat(check.isClean()).isFalse();
    }

    @Test
    void shouldNotMissARecordThatWasNeverAcknowledged() throws IOException
    {
        ledger.onAck(0, 7, 7);
        ledger.onFailed(8, 9);
        reads(1, 3, 5, 7, 9, 11, 13, 15, 17);
        assertCounts(0, 0, 0, 0);
        assertThat(check.isClean()).isTrue();
    }

    @Test
    void shouldFindADuplicate() throws IOException
    {
        ledger.onAck(0, 3, 3);
        ledger.onAck(4, 9, 10);
        reads(1, 3, 5, 7, 7, 9, 11, 13, 15, 17, 19);
        assertCounts(0, 1, 0, 0);
        assertThat(check.firstDefect()).isEqualTo("broker 1, partition 1: line 8 once more at offset 4");
    }

    @Test
    void shouldFindRecordsOutOfOrder() throws IOException
    {
        ledger.onAck(0, 9, 9);
        reads(1, 3, 5, 9, 7, 11, 13, 15, 17, 19);
        assertThat(check.lost()).isZero();
        assertThat(check.duplicated()).isZero();
        assertThat(check.reordered()).isEqualTo(1);
        assertThat(check.firstDefect()).isEqualTo("broker 1, partition 1: line 8 at offset 4 comes after line 10");
    }

    @Test
    void shouldFindOtherBytesUnderARightKey() throws IOException
    {
        ledger.onAck(0, 9, 9);
        for (int offset = 0; offset < 10; offset++)
        {
            final int line = offset * PARTITIONS + PARTITION;
            read(offset, line, offset == 4 ? "line 9 of the inpuT" : textOf(line));
        }
        check.onEnd(ledger);
        assertCounts(1, 0, 0, 1);
        assertThat(check.firstDefect())
            .isEqualTo("broker 1, partition 1: offset 4 does not hold the bytes of line 10");
    }

    @Test
    void shouldFindARecordOfAnotherPartition() throws IOException
    {
        reads(1, 2);
        assertCounts(0, 0, 0, 1);
    }

    @Test
    void shouldFindAHoleInTheOffsets() throws IOException
    {
        read(0, 1, textOf(1));
        read(2, 3, textOf(3));
        check.onEnd(ledger);
        assertCounts(0, 0, 0, 1);
    }

    @Test
    void shouldFindARecordAtAnotherOffsetThanItWasAcknowledgedAt() throws IOException
    {
        ledger.onAck(0, 9, 10);
        reads(1, 3, 5, 7, 9, 11, 13, 15, 17, 19);
        assertCounts(0, 0, 0, 10);
        assertThat(check.firstDefect())
            .isEqualTo("broker 1, partition 1: line 2 was acknowledged at offset 1 but is found at 0");
    }

    private static String textOf(final int line)
    {
        return "line " + line + " of the input";
    }

    private void reads(final int... numbers) throws IOException
    {
        for (int offset = 0; offset < numbers.length; offset++)
        {
            read(offset, numbers[offset], textOf(numbers[offset]));
        }
        check.onEnd(ledger);
    }

    private void read(final long offset, final long line, final String text) throws IOException
    {
        final byte[] value = text.getBytes(StandardCharsets.UTF_8);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[3 + RecordCheck.KEY_LENGTH + value.length]);
        buffer.putLong(3, line, ByteOrder.LITTLE_ENDIAN);
        buffer.putBytes(3 + RecordCheck.KEY_LENGTH, value);
        check.onRecord(offset, buffer, 3, RecordCheck.KEY_LENGTH, 3 + RecordCheck.KEY_LENGTH, value.length);
    }

    private void assertCounts(final long lost, final long duplicated, final long reordered, final long foreign)
    {
        assertThat(new long[]{check.lost(), check.duplicated(), check.reordered(), check.foreign()})
            .as("lost, duplicated, reordered, foreign (%s)", check.firstDefect())
            .containsExactly(lost, duplicated, reordered, foreign);
    }
}
