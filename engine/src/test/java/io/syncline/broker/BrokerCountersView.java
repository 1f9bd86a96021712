package io.syncline.broker;

import io.syncline.protocol.PartitionKey;
import org.agrona.BufferUtil;
import org.agrona.IoUtil;
import org.agrona.concurrent.status.CountersReader;

import java.io.File;
import java.nio.MappedByteBuffer;

/** Reads a broker's counters from its file, as a tool would. */
record BrokerCountersView(File directory)
{
    static BrokerCountersView of(final File directory)
    {
        return new BrokerCountersView(directory);
    }

    /** @return value of a partition's counter, -1 where there is none */
    long value(final int typeId, final long key)
    {
        final MappedByteBuffer mapped =
            IoUtil.mapExistingFile(new File(directory, BrokerCounters.FILE_NAME), "counters");
        try
        {
            final CountersReader reader = BrokerCounters.reader(mapped);
            final long[] result = { -1 };
            reader.forEach((counterId, type, keyBuffer, label) ->
            {
                if (type == typeId && keyBuffer.getLong(0) == PartitionKey.topicId(key) &&
                    keyBuffer.getInt(8) == PartitionKey.partition(key))
                {
                    result[0] = reader.getCounterValue(counterId);
                }
            });
            return result[0];
        }
        finally
        {
            BufferUtil.free(mapped);
        }
    }
}
