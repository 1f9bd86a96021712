package io.syncline.record;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@Timeout(60)
class BatchTest
{
    private static final long KEY = PartitionKey.of(7, 3);
    private static final long TIME_NS = 1_700_000_000_000_000_000L;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[4096]);
    private final BatchBuilder builder = new BatchBuilder();
    private final BatchFlyweight batch = new BatchFlyweight();
    private final RecordIterator records = new RecordIterator();

    @Test
    void goldenBytesOfOneBatch()
    {
        final int length = buildGolden(buffer, 0);

        BatchFlyweight.stampLeader(buffer, 0, KEY, 1000, 5);

        // Changing a byte here means that old journals can no longer be read: then the version must change too.
        assertThat(HexFormat.ofDelimiter(" ").formatHex(buffer.byteArray(), 0, length)).isEqualTo(String.join(" ",
            "e8 03 00 00 00 00 00 00",      // base offset 1000
            "05 00 00 00",                  // leader epoch 5
            "dc 0d 7b e6",                  // leader CRC
            "f1 03 f6 b9",                  // producer CRC
            "70 00 00 00",                  // length 112
            "01 01 00 00",                  // version, sampled, reserved
            "02 00 00 00",                  // count 2
            "2a 00 00 00 00 00 00 00",      // producer id 42
            "04 00 00 00",                  // producer epoch 4
            "09 00 00 00",                  // base sequence 9
            "00 00 2a 36 fe 9c 97 17",      // base timestamp
            "01 00 00 00",                  // last offset delta 1
            "00 00 00 00",                  // reserved
            "05 00 00 00",                  // value of 5
            "02 00 00 00",                  // key of 2
            "00 00 00 00 00 00 00 00",      // at the base timestamp
            "6b 31 76 61 6c 75 65 00",      // k1, value, padding
            "03 00 00 00",                  // value of 3
            "ff ff ff ff",                  // no key
            "e8 03 00 00 00 00 00 00",      // 1000 ns later
            "61 62 63 00 00 00 00 00"));    // abc, padding
    }

    @Test
    void goldenBytesCarryTheCrcOfTheirDefinition()
    {
        final int length = buildGolden(buffer, 0);
        BatchFlyweight.stampLeader(buffer, 0, KEY, 1000, 5);

        final CRC32C producerCrc = new CRC32C();
        producerCrc.update(buffer.byteArray(), 20, length - 20);
        final CRC32C leaderCrc = new CRC32C();
        leaderCrc.update(ByteBuffer.allocate(24).order(LITTLE_ENDIAN)
            .putLong(KEY).putLong(1000).putInt(5).putInt((int)producerCrc.getValue()).array());

        batch.wrap(buffer, 0);
        assertThat(batch.producerCrc()).isEqualTo((int)producerCrc.getValue());
        assertThat(batch.leaderCrc()).isEqualTo((int)leaderCrc.getValue());
    }

    @Test
    void drawingAndConstantsAgree()
    {
        assertThat(BatchDescriptor.LEADER_EPOCH_OFFSET).isEqualTo(8);
        assertThat(BatchDescriptor.LEADER_CRC_OFFSET).isEqualTo(12);
        assertThat(BatchDescriptor.PRODUCER_CRC_OFFSET).isEqualTo(16);
        assertThat(BatchDescriptor.LENGTH_OFFSET).isEqualTo(20);
        assertThat(BatchDescriptor.VERSION_OFFSET).isEqualTo(24);
        assertThat(BatchDescriptor.COUNT_OFFSET).isEqualTo(28);
        assertThat(BatchDescriptor.PRODUCER_ID_OFFSET).isEqualTo(32);
        assertThat(BatchDescriptor.PRODUCER_EPOCH_OFFSET).isEqualTo(40);
        assertThat(BatchDescriptor.BASE_SEQUENCE_OFFSET).isEqualTo(44);
        assertThat(BatchDescriptor.BASE_TIMESTAMP_OFFSET).isEqualTo(48);
        assertThat(BatchDescriptor.LAST_OFFSET_DELTA_OFFSET).isEqualTo(56);
        assertThat(BatchDescriptor.RESERVED2_OFFSET).isEqualTo(60);
        assertThat(BatchDescriptor.HEADER_LENGTH).isEqualTo(64);
        assertThat(BatchDescriptor.RECORD_KEY_LENGTH_OFFSET).isEqualTo(4);
        assertThat(BatchDescriptor.RECORD_TIMESTAMP_DELTA_OFFSET).isEqualTo(8);
        assertThat(BatchDescriptor.RECORD_HEADER_LENGTH).isEqualTo(16);
    }

    @Test
    void shouldReadBackEveryFieldOfHeaderAndRecords()
    {
        final int offset = 128;
        final int length = buildGolden(buffer, offset);
        assertThat(batch.wrap(buffer, offset).baseOffset()).isEqualTo(-1);
        assertThat(batch.leaderEpoch()).isEqualTo(-1);
        assertThat(BatchValidator.validateProducer(buffer, offset, length, length)).isEqualTo(Codes.OK);

        BatchFlyweight.stampLeader(buffer, offset, KEY, 1000, 5);

        assertThat(BatchValidator.validateStored(buffer, offset, length, KEY)).isEqualTo(Codes.OK);
        assertThat(BatchValidator.validateProducer(buffer, offset, length, length)).isEqualTo(Codes.OK);
        batch.wrap(buffer, offset);
        assertThat(batch.baseOffset()).isEqualTo(1000);
        assertThat(batch.lastOffset()).isEqualTo(1001);
        assertThat(batch.endOffset()).isEqualTo(1002);
        assertThat(batch.leaderEpoch()).isEqualTo(5);
        assertThat(batch.length()).isEqualTo(length);
        assertThat(batch.version()).isEqualTo(BatchDescriptor.VERSION);
        assertThat(batch.isSampled()).isTrue();
        assertThat(batch.count()).isEqualTo(2);
        assertThat(batch.producerId()).isEqualTo(42);
        assertThat(batch.producerEpoch()).isEqualTo(4);
        assertThat(batch.baseSequence()).isEqualTo(9);
        assertThat(batch.lastSequence()).isEqualTo(10);
        assertThat(batch.baseTimestampNs()).isEqualTo(TIME_NS);
        assertThat(batch.lastOffsetDelta()).isEqualTo(1);

        records.wrap(buffer, offset);
        assertThat(records.next()).isTrue();
        assertThat(records.offset()).isEqualTo(1000);
        assertThat(records.timestampNs()).isEqualTo(TIME_NS);
        assertThat(text(records.keyOffset(), records.keyLength())).isEqualTo("k1");
        assertThat(text(records.valueOffset(), records.valueLength())).isEqualTo("value");
        assertThat(records.next()).isTrue();
        assertThat(records.offset()).isEqualTo(1001);
        assertThat(records.index()).isEqualTo(1);
        assertThat(records.timestampNs()).isEqualTo(TIME_NS + 1000);
        assertThat(records.keyLength()).isEqualTo(BatchDescriptor.NULL_KEY_LENGTH);
        assertThat(text(records.valueOffset(), records.valueLength())).isEqualTo("abc");
        assertThat(records.hasNext()).isFalse();
        assertThat(records.next()).isFalse();
    }

    @Test
    void shouldSayFullAndLeaveTheBatchAsItWas()
    {
        final UnsafeBuffer value = new UnsafeBuffer(new byte[100]);
        final int capacity = BatchDescriptor.HEADER_LENGTH + 2 * BatchDescriptor.recordLength(-1, 100) + 7;
        builder.wrap(buffer, 0, capacity);

        assertThat(builder.append(value, 0, 100, TIME_NS)).isTrue();
        assertThat(builder.hasRoom(-1, 100)).isTrue();
        assertThat(builder.append(value, 0, 100, TIME_NS)).isTrue();
        assertThat(builder.hasRoom(-1, 0)).isFalse();
        assertThat(builder.append(value, 0, 0, TIME_NS)).isFalse();
        assertThat(builder.claim(0, 0, TIME_NS)).isEqualTo(BatchBuilder.FULL);

        assertThat(builder.count()).isEqualTo(2);
        final int length = builder.finish();
        assertThat(BatchValidator.validateProducer(buffer, 0, length, length)).isEqualTo(Codes.OK);
    }

    @Test
    void shouldNotOverflowWithTheLargestLengths()
    {
        builder.wrap(buffer, 0, buffer.capacity());

        assertThat(builder.hasRoom(Integer.MAX_VALUE, Integer.MAX_VALUE)).isFalse();
        assertThat(builder.claim(Integer.MAX_VALUE, Integer.MAX_VALUE, TIME_NS)).isEqualTo(BatchBuilder.FULL);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.claim(-2, 1, TIME_NS));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.claim(0, -1, TIME_NS));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.wrap(buffer, 0, 63));
    }

    @Test
    void shouldTakeWhatTheCallerWritesIntoAClaim()
    {
        builder.wrap(buffer, 16, 1024);

        final int claimed = builder.claim(2, 3, TIME_NS);
        buffer.putStringWithoutLengthAscii(claimed, "hi");
        buffer.putStringWithoutLengthAscii(claimed + 2, "you");
        builder.claim(-1, 50, TIME_NS);
        builder.abort();
        builder.abort();
        final int length = builder.finish();

        assertThat(BatchValidator.validateProducer(buffer, 16, length, 1024)).isEqualTo(Codes.OK);
        records.wrap(buffer, 16);
        assertThat(records.next()).isTrue();
        assertThat(text(records.keyOffset(), records.keyLength())).isEqualTo("hi");
        assertThat(text(records.valueOffset(), records.valueLength())).isEqualTo("you");
        assertThat(records.next()).isFalse();
    }

    @Test
    void shouldRefuseABatchWithoutRecords()
    {
        final int length = builder.wrap(buffer, 0, 1024).finish();

        assertThat(BatchValidator.validateProducer(buffer, 0, length, 1024)).isEqualTo(Codes.INVALID_BATCH);
    }

    @Test
    void shouldRefuseABatchAboveTheMaximum()
    {
        final int length = buildGolden(buffer, 0);

        assertThat(BatchValidator.validateProducer(buffer, 0, length, length - 1)).isEqualTo(Codes.RECORD_TOO_LARGE);
    }

    @Test
    void r8_1_aBatchOfAnotherPartitionOrOffsetOrEpochIsFound()
    {
        final int length = buildGolden(buffer, 0);
        BatchFlyweight.stampLeader(buffer, 0, KEY, 1000, 5);

        assertThat(BatchValidator.validateStored(buffer, 0, length, KEY)).isEqualTo(Codes.OK);
        assertThat(BatchValidator.validateStored(buffer, 0, length, KEY + 1)).isEqualTo(Codes.CORRUPT_BATCH);
        buffer.putLong(BatchDescriptor.BASE_OFFSET_OFFSET, 1001, LITTLE_ENDIAN);
        assertThat(BatchValidator.validateStored(buffer, 0, length, KEY)).isEqualTo(Codes.CORRUPT_BATCH);
        buffer.putLong(BatchDescriptor.BASE_OFFSET_OFFSET, 1000, LITTLE_ENDIAN);
        buffer.putInt(BatchDescriptor.LEADER_EPOCH_OFFSET, 6, LITTLE_ENDIAN);
        assertThat(BatchValidator.validateStored(buffer, 0, length, KEY)).isEqualTo(Codes.CORRUPT_BATCH);
    }

    @Test
    void r8_1_aBatchWithoutALeadersStampIsNotStored()
    {
        final int length = buildGolden(buffer, 0);

        assertThat(BatchValidator.validateStored(buffer, 0, length, KEY)).isEqualTo(Codes.CORRUPT_BATCH);
        BatchFlyweight.stampLeader(buffer, 0, KEY, -1, -1);
        assertThat(BatchValidator.validateStored(buffer, 0, length, KEY)).isEqualTo(Codes.INVALID_BATCH);
    }

    @Test
    void r8_1_everyFlippedBitIsFound()
    {
        final int length = buildGolden(buffer, 0);
        BatchFlyweight.stampLeader(buffer, 0, KEY, 1000, 5);

        for (int bit = 0; bit < length * Byte.SIZE; bit++)
        {
            flip(buffer, bit);
            assertThat(BatchValidator.validateStored(buffer, 0, length, KEY)).as("bit %d", bit).isNegative();
            if (bit >= BatchDescriptor.PRODUCER_CRC_OFFSET * Byte.SIZE)
            {
                assertThat(BatchValidator.validateProducer(buffer, 0, length, length)).as("bit %d", bit).isNegative();
            }
            flip(buffer, bit);
        }
        assertThat(BatchValidator.validateStored(buffer, 0, length, KEY)).isEqualTo(Codes.OK);
    }

    @Test
    void shouldRefuseWhatDoesNotAgreeUnderARightCrc()
    {
        assertInvalid((b) -> b.putByte(BatchDescriptor.VERSION_OFFSET, (byte)2));
        assertInvalid((b) -> b.putShort(BatchDescriptor.RESERVED_OFFSET, (short)1));
        assertInvalid((b) -> b.putInt(BatchDescriptor.RESERVED2_OFFSET, 1));
        assertInvalid((b) -> b.putInt(BatchDescriptor.COUNT_OFFSET, 3, LITTLE_ENDIAN));
        assertInvalid((b) -> b.putInt(BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, 0));
        assertInvalid((b) -> b.putLong(BatchDescriptor.PRODUCER_ID_OFFSET, -1L));
        assertInvalid((b) -> b.putLong(BatchDescriptor.PRODUCER_ID_OFFSET, -2L));
        assertInvalid((b) -> b.putInt(BatchDescriptor.BASE_SEQUENCE_OFFSET, -1));
        assertInvalid((b) -> b.putInt(64, -1));
        assertInvalid((b) -> b.putInt(68, -2, LITTLE_ENDIAN));
        assertInvalid((b) -> b.putInt(64, Integer.MAX_VALUE, LITTLE_ENDIAN));
        assertInvalid((b) -> b.putInt(68, Integer.MAX_VALUE, LITTLE_ENDIAN));
        assertInvalid((b) ->
        {
            b.putInt(BatchDescriptor.COUNT_OFFSET, 1, LITTLE_ENDIAN);
            b.putInt(BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, 0, LITTLE_ENDIAN);
        });
    }

    @Test
    void sequencesWrapToZero()
    {
        builder.wrap(buffer, 0, 1024).producer(1, 0, Integer.MAX_VALUE);
        builder.append(buffer, 2000, 1, TIME_NS);
        builder.append(buffer, 2000, 1, TIME_NS);
        builder.finish();

        assertThat(batch.wrap(buffer, 0).lastSequence()).isZero();
        assertThat(BatchDescriptor.sequenceAfter(Integer.MAX_VALUE, 1)).isZero();
    }

    @Test
    void shouldBuildTheSameBytesInEveryKindOfMemory()
    {
        final int length = buildGolden(buffer, 0);
        final ByteBuffer memory = ByteBuffer.allocateDirect(1024);
        final UnsafeBuffer bare = new UnsafeBuffer(BufferUtil.address(memory) + 8, 512);
        final MutableDirectBuffer[] kinds = {
            new UnsafeBuffer(ByteBuffer.allocateDirect(512)), new UnsafeBuffer(ByteBuffer.allocate(600), 40, 512),
            new UnsafeBuffer(new byte[600], 24, 512), new ExpandableDirectByteBuffer(512), bare };

        for (final MutableDirectBuffer kind : kinds)
        {
            assertThat(buildGolden(kind, 64)).isEqualTo(length);
            final byte[] copy = new byte[length];
            kind.getBytes(64, copy);
            assertThat(copy).isEqualTo(Arrays.copyOf(buffer.byteArray(), length));
            assertThat(BatchValidator.validateProducer(kind, 64, length, length)).isEqualTo(Codes.OK);
        }
        assertThat(memory.capacity()).isEqualTo(1024);
    }

    private void assertInvalid(final Consumer<MutableDirectBuffer> change)
    {
        final int length = buildGolden(buffer, 0);
        change.accept(buffer);
        buffer.putInt(
            BatchDescriptor.PRODUCER_CRC_OFFSET, BatchCrc.producerCrc(buffer, 0, length), LITTLE_ENDIAN);

        assertThat(BatchValidator.validateProducer(buffer, 0, length, length)).isEqualTo(Codes.INVALID_BATCH);
    }

    private int buildGolden(final MutableDirectBuffer buffer, final int offset)
    {
        final DirectBuffer text = new UnsafeBuffer("k1valueabc".getBytes(StandardCharsets.US_ASCII));
        builder.wrap(buffer, offset, 256)
            .producer(42, 4, 9)
            .attributes(BatchDescriptor.ATTRIBUTE_SAMPLED);
        builder.append(text, 0, 2, text, 2, 5, TIME_NS);
        builder.append(text, 7, 3, TIME_NS + 1000);
        return builder.finish();
    }

    private String text(final int offset, final int length)
    {
        return buffer.getStringWithoutLengthAscii(offset, length);
    }

    private static void flip(final MutableDirectBuffer buffer, final int bit)
    {
        final int index = bit / Byte.SIZE;
        buffer.putByte(index, (byte)(buffer.getByte(index) ^ 1 << bit % Byte.SIZE));
    }
}
