package io.syncline.simulator;

import io.syncline.replica.ProducerSequences;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;

/** I13: the producers' sequences of a replica are what its log says. */
final class SimSequences
{
    private static final int HEADER_LENGTH = 12;

    private SimSequences()
    {
    }

    static void check(final SimLogStore store, final long key)
    {
        final SimLog log = store.log(key);
        final ProducerSequences rebuilt = new ProducerSequences(100);
        rebuilt.rebuild(log, log.logStart());
        if (!Arrays.deepEquals(entries(rebuilt), entries(store.sequences(key))))
        {
            throw new Violation("I13", "producer state is not what the log says: " + log);
        }
    }

    private static byte[][] entries(final ProducerSequences sequences)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[sequences.encodedLength()]);
        sequences.encode(buffer, 0);
        final byte[][] entries = new byte[sequences.size()][];
        for (int i = 0; i < entries.length; i++)
        {
            final int length = (buffer.capacity() - HEADER_LENGTH) / entries.length;
            entries[i] = new byte[length];
            buffer.getBytes(HEADER_LENGTH + i * length, entries[i]);
        }
        Arrays.sort(entries, Arrays::compare);
        return entries;
    }
}
