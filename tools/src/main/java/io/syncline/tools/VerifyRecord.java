package io.syncline.tools;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;

/** Value of a record of {@code verify}: its id, a space, and padding. */
final class VerifyRecord
{
    private static final byte END_OF_ID = ' ';
    private static final byte PADDING = '.';

    private VerifyRecord()
    {
    }

    /**
     * @param buffer to write to, from 0 on
     * @param id     unique, without a space
     * @param size   of the value; larger where the id needs it
     * @return bytes of the value
     */
    static int encode(final UnsafeBuffer buffer, final String id, final int size)
    {
        final byte[] bytes = id.getBytes(StandardCharsets.US_ASCII);
        final int length = Math.max(size, bytes.length + 1);
        buffer.putBytes(0, bytes);
        buffer.putByte(bytes.length, END_OF_ID);
        buffer.setMemory(bytes.length + 1, length - bytes.length - 1, PADDING);
        return length;
    }

    /**
     * @param buffer holds a value
     * @param offset of the value
     * @param length of the value
     * @return its id, or null when it is no record of {@code verify}
     */
    static String decode(final DirectBuffer buffer, final int offset, final int length)
    {
        for (int i = 0; i < length; i++)
        {
            if (buffer.getByte(offset + i) == END_OF_ID)
            {
                return buffer.getStringWithoutLengthAscii(offset, i);
            }
        }
        return null;
    }
}
