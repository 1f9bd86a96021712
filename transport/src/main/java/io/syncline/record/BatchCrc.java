package io.syncline.record;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.zip.CRC32C;

/**
 * The two CRC32C of a batch (R8.1), over any Agrona buffer and without allocation.
 * <p>
 * Journal memory and term buffers are plain addresses with no {@code ByteBuffer} around them, which is all that the
 * public face of {@link CRC32C} takes besides arrays. Its two private methods below take the address itself, and they
 * are what the JVM replaces by the processor's CRC instructions; hence the handles, and the flag that opens {@code
 * java.util.zip}.
 */
public final class BatchCrc
{
    private static final int POLYNOMIAL_REVERSED = 0x82F63B78;
    private static final int SLICES = 8;
    private static final int SLICE_SIZE = 256;
    private static final int[] TABLE = makeTable();

    private static final MethodHandle UPDATE_BYTES = find("updateBytes", int.class, byte[].class, int.class, int.class);
    private static final MethodHandle UPDATE_ADDRESS =
        find("updateDirectByteBuffer", int.class, long.class, int.class, int.class);

    private BatchCrc()
    {
    }

    /**
     * @param buffer      holds the batch
     * @param offset      of the batch
     * @param batchLength the whole batch, header included; more than {@link BatchDescriptor#LENGTH_OFFSET}
     * @return CRC32C over everything behind the producer CRC
     */
    public static int producerCrc(final DirectBuffer buffer, final int offset, final int batchLength)
    {
        return crc(buffer, offset + BatchDescriptor.LENGTH_OFFSET, batchLength - BatchDescriptor.LENGTH_OFFSET);
    }

    /**
     * CRC32C over the 24 bytes that the arguments take as little endian numbers in their order.
     *
     * @param partitionKey see {@link io.syncline.protocol.PartitionKey}
     * @param baseOffset   of the batch
     * @param leaderEpoch  of the batch
     * @param producerCrc  of the batch
     * @return what the leader writes behind the epoch
     */
    public static int leaderCrc(
        final long partitionKey, final long baseOffset, final int leaderEpoch, final int producerCrc)
    {
        // Three table steps on registers: cheaper than storing 24 bytes for the instruction to read back.
        int crc = step(-1, partitionKey);
        crc = step(crc, baseOffset);
        crc = step(crc, (leaderEpoch & 0xFFFF_FFFFL) | ((long)producerCrc << Integer.SIZE));
        return ~crc;
    }

    /**
     * @param buffer over an array, a {@code ByteBuffer} or bare memory
     * @param offset of the bytes
     * @param length of the bytes
     * @return their CRC32C, as {@link CRC32C} computes it
     * @throws IndexOutOfBoundsException when the bytes are not within the buffer
     */
    public static int crc(final DirectBuffer buffer, final int offset, final int length)
    {
        // The intrinsics check nothing.
        buffer.boundsCheck(offset, length);
        final byte[] array = buffer.byteArray();
        try
        {
            if (array != null)
            {
                final int start = (int)(buffer.addressOffset() - BufferUtil.ARRAY_BASE_OFFSET) + offset;
                return ~(int)UPDATE_BYTES.invokeExact(-1, array, start, start + length);
            }
            return ~(int)UPDATE_ADDRESS.invokeExact(-1, buffer.addressOffset(), offset, offset + length);
        }
        catch (final Throwable ex)
        {
            throw new AssertionError("CRC32C of [" + offset + ", " + (offset + length) + ")", ex);
        }
    }

    private static int step(final int crc, final long bytes)
    {
        final long mixed = bytes ^ (crc & 0xFFFF_FFFFL);
        return TABLE[7 * SLICE_SIZE + (int)(mixed & 0xFF)] ^
            TABLE[6 * SLICE_SIZE + (int)(mixed >>> 8 & 0xFF)] ^
            TABLE[5 * SLICE_SIZE + (int)(mixed >>> 16 & 0xFF)] ^
            TABLE[4 * SLICE_SIZE + (int)(mixed >>> 24 & 0xFF)] ^
            TABLE[3 * SLICE_SIZE + (int)(mixed >>> 32 & 0xFF)] ^
            TABLE[2 * SLICE_SIZE + (int)(mixed >>> 40 & 0xFF)] ^
            TABLE[SLICE_SIZE + (int)(mixed >>> 48 & 0xFF)] ^
            TABLE[(int)(mixed >>> 56)];
    }

    private static int[] makeTable()
    {
        final int[] table = new int[SLICES * SLICE_SIZE];
        for (int i = 0; i < SLICE_SIZE; i++)
        {
            int crc = i;
            for (int bit = 0; bit < Byte.SIZE; bit++)
            {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL_REVERSED;
            }
            table[i] = crc;
        }
        for (int i = SLICE_SIZE; i < table.length; i++)
        {
            final int previous = table[i - SLICE_SIZE];
            table[i] = previous >>> Byte.SIZE ^ table[previous & 0xFF];
        }
        return table;
    }

    private static MethodHandle find(final String name, final Class<?>... parameterTypes)
    {
        try
        {
            final Method method = CRC32C.class.getDeclaredMethod(name, parameterTypes);
            method.setAccessible(true);
            return MethodHandles.lookup().unreflect(method);
        }
        catch (final ReflectiveOperationException | RuntimeException ex)
        {
            throw new IllegalStateException(
                "CRC32C." + name + " cannot be reached: start the JVM with --add-opens=java.base/java.util.zip=ALL-UNNAMED" +
                " (all flags: tools/bin/jvm.flags)", ex);
        }
    }
}
