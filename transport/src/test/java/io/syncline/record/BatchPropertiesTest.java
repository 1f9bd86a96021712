package io.syncline.record;

import io.syncline.protocol.Codes;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;

import static org.assertj.core.api.Assertions.assertThat;

class BatchPropertiesTest
{
    private static final int CAPACITY = 64 * 1024;
    private static final long KEY = 123_456_789L;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[CAPACITY]);
    private final BatchBuilder builder = new BatchBuilder();
    private final RecordIterator records = new RecordIterator();

    @Property(tries = 300)
    void anyRecordsComeBackAsTheyWent(
        @ForAll @Size(min = 1, max = 20) final List<@Size(max = 300) byte[]> values,
        @ForAll @Size(max = 20) final byte[] key,
        @ForAll final long timestampNs,
        @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) final long baseOffset)
    {
        final UnsafeBuffer keyBuffer = new UnsafeBuffer(key);
        builder.wrap(buffer, 0, CAPACITY);
        for (int i = 0; i < values.size(); i++)
        {
            final byte[] value = values.get(i);
            final int keyLength = i % 3 == 0 ? BatchDescriptor.NULL_KEY_LENGTH : key.length;
            assertThat(builder.append(
                keyBuffer, 0, keyLength, new UnsafeBuffer(value), 0, value.length, timestampNs + i)).isTrue();
        }
        final int length = builder.finish();
        BatchFlyweight.stampLeader(buffer, 0, KEY, baseOffset, 3);

        assertThat(BatchValidator.validateStored(buffer, 0, length, KEY)).isEqualTo(Codes.OK);
        records.wrap(buffer, 0);
        for (int i = 0; i < values.size(); i++)
        {
            assertThat(records.next()).isTrue();
            assertThat(records.offset()).isEqualTo(baseOffset + i);
            assertThat(records.timestampNs()).isEqualTo(timestampNs + i);
            assertThat(records.keyLength()).isEqualTo(i % 3 == 0 ? BatchDescriptor.NULL_KEY_LENGTH : key.length);
            final byte[] value = new byte[records.valueLength()];
            buffer.getBytes(records.valueOffset(), value);
            assertThat(value).isEqualTo(values.get(i));
        }
        assertThat(records.next()).isFalse();
    }

    @Property(tries = 2000)
    void anyBytesGetACodeAndNoException(
        @ForAll @Size(max = 400) final byte[] bytes,
        @ForAll @IntRange(min = -100, max = 500) final int offset,
        @ForAll @IntRange(min = -100, max = 500) final int length)
    {
        final UnsafeBuffer any = new UnsafeBuffer(bytes);

        assertThat(BatchValidator.validateProducer(any, offset, length, CAPACITY)).isLessThanOrEqualTo(0);
        assertThat(BatchValidator.validateStored(any, offset, length, KEY)).isLessThanOrEqualTo(0);
        assertThat(BatchValidator.validateProducer(any, Integer.MAX_VALUE, length, CAPACITY)).isNegative();
        assertThat(BatchValidator.validateProducer(any, offset, Integer.MAX_VALUE, Integer.MAX_VALUE)).isNegative();
        assertThat(BatchValidator.validateProducer(any, Integer.MIN_VALUE, Integer.MIN_VALUE, CAPACITY)).isNegative();
    }

    @Property(tries = 2000)
    void anyBytesUnderARightLengthAndCrcGetACodeAndNoException(
        @ForAll @Size(min = 8, max = 400) final byte[] bytes,
        @ForAll @IntRange(min = 0, max = 4) final int count)
    {
        final int length = BatchDescriptor.HEADER_LENGTH + bytes.length & -BatchDescriptor.ALIGNMENT;
        buffer.setMemory(0, BatchDescriptor.HEADER_LENGTH, (byte)0);
        buffer.putBytes(BatchDescriptor.HEADER_LENGTH, bytes);
        builder.wrap(buffer, 0, CAPACITY).finish();
        buffer.putInt(BatchDescriptor.COUNT_OFFSET, count, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, count - 1, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(BatchDescriptor.LENGTH_OFFSET, length, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(
            BatchDescriptor.PRODUCER_CRC_OFFSET, BatchCrc.producerCrc(buffer, 0, length), ByteOrder.LITTLE_ENDIAN);

        assertThat(BatchValidator.validateProducer(buffer, 0, length, CAPACITY)).isLessThanOrEqualTo(0);
    }

    @Property(tries = 500)
    void r8_1_aFlippedBitAnywhereIsFound(
        @ForAll @Size(min = 1, max = 5) final List<@Size(max = 500) byte[]> values,
        @ForAll @IntRange(min = 0, max = CAPACITY * Byte.SIZE) final int anyBit)
    {
        builder.wrap(buffer, 0, CAPACITY).producer(1, 2, 3);
        for (final byte[] value : values)
        {
            builder.append(new UnsafeBuffer(value), 0, value.length, 1);
        }
        final int length = builder.finish();
        BatchFlyweight.stampLeader(buffer, 0, KEY, 77, 3);
        final int bit = anyBit % (length * Byte.SIZE);
        buffer.putByte(bit >> 3, (byte)(buffer.getByte(bit >> 3) ^ 1 << (bit & 7)));

        assertThat(BatchValidator.validateStored(buffer, 0, length, KEY)).isNegative();
    }

    @Property(tries = 500)
    void crcIsTheJdksInEveryKindOfMemory(
        @ForAll @Size(max = 1000) final byte[] bytes, @ForAll @IntRange(min = 0, max = 1000) final int from)
    {
        Assume.that(from <= bytes.length);
        final int length = bytes.length - from;
        final CRC32C expected = new CRC32C();
        expected.update(bytes, from, length);
        final ByteBuffer memory = ByteBuffer.allocateDirect(bytes.length + 16);
        memory.put(3, bytes);

        assertThat(BatchCrc.crc(new UnsafeBuffer(bytes), from, length)).isEqualTo((int)expected.getValue());
        assertThat(BatchCrc.crc(new UnsafeBuffer(bytes, from, length), 0, length)).isEqualTo((int)expected.getValue());
        assertThat(BatchCrc.crc(new UnsafeBuffer(ByteBuffer.wrap(bytes)), from, length))
            .isEqualTo((int)expected.getValue());
        assertThat(BatchCrc.crc(new UnsafeBuffer(memory), 3 + from, length)).isEqualTo((int)expected.getValue());
        assertThat(BatchCrc.crc(new UnsafeBuffer(BufferUtil.address(memory), memory.capacity()), 3 + from, length))
            .isEqualTo((int)expected.getValue());
        assertThat(memory.get(0)).isZero();
    }

    @Property(tries = 500)
    void leaderCrcIsCrc32cOfItsFourFields(
        @ForAll final long key, @ForAll final long baseOffset, @ForAll final int epoch, @ForAll final int producerCrc)
    {
        final CRC32C expected = new CRC32C();
        expected.update(ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN)
            .putLong(key).putLong(baseOffset).putInt(epoch).putInt(producerCrc).array());

        assertThat(BatchCrc.leaderCrc(key, baseOffset, epoch, producerCrc)).isEqualTo((int)expected.getValue());
    }
}
