package io.syncline.tools;

import io.syncline.broker.BrokerCounters;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
import org.agrona.concurrent.status.CountersReader;

import java.io.File;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/** One node's counters file, read while the node runs or after it stopped. */
final class NodeCounters implements AutoCloseable
{
    /**
     * A counter at one moment.
     *
     * @param typeId    kind, of {@link BrokerCounters}
     * @param topicId   of a partition's counter, else 0
     * @param partition of a partition's counter, else the first int of the key
     * @param label     for people
     * @param value     now
     */
    record Value(int typeId, long topicId, int partition, String label, long value)
    {
        /** @return the label without its first word */
        String subject()
        {
            return label.substring(label.indexOf(' ') + 1);
        }
    }

    private final File file;
    private final MappedByteBuffer mapped;
    private final CountersReader reader;
    private int nodeId = -1;

    NodeCounters(final File file)
    {
        this.file = file;
        mapped = IoUtil.mapExistingFile(file, FileChannel.MapMode.READ_ONLY, "counters file");
        try
        {
            reader = BrokerCounters.reader(mapped);
        }
        catch (final IllegalArgumentException ex)
        {
            close();
            throw CommandFailure.usage(file + " is " + ex.getMessage());
        }
    }

    /** @return what is counted now */
    List<Value> read()
    {
        final List<Value> values = new ArrayList<>();
        reader.forEach((counterId, typeId, key, label) ->
        {
            final boolean isPartition = BrokerCounters.isOfPartition(typeId);
            if (isPartition)
            {
                nodeId = brokerOf(key);
            }
            else if (typeId == BrokerCounters.REGISTRATION_TYPE_ID)
            {
                nodeId = key.getInt(0);
            }
            values.add(new Value(typeId, isPartition ? key.getLong(0) : 0, key.getInt(isPartition ? 8 : 0), label,
                reader.getCounterValue(counterId)));
        });
        return values;
    }

    /** @return the node's id where {@link #read()} has found it, else the directory */
    String name()
    {
        return nodeId >= 0 ? Integer.toString(nodeId) : file.getAbsoluteFile().getParent();
    }

    int nodeId()
    {
        return nodeId;
    }

    @Override
    public void close()
    {
        BufferUtil.free(mapped);
    }

    private static int brokerOf(final DirectBuffer key)
    {
        return key.getInt(12);
    }
}
