package io.syncline.client;

import org.agrona.DirectBuffer;

/** Takes records from {@link Consumer#poll(RecordHandler, int)}, in the order of the offsets of each partition. */
@FunctionalInterface
public interface RecordHandler
{
    /**
     * Called on the thread that polls. The buffer is borrowed for the call.
     *
     * @param handle      of the partition, as {@link Consumer#assign(String, int)} returned it
     * @param offset      of the record
     * @param leaderEpoch epoch in which the record was first appended
     * @param timestampNs time the producer gave it, nanoseconds since 1970
     * @param buffer      holds key and value
     * @param keyOffset   of the key
     * @param keyLength   of the key, -1 when the record has none
     * @param valueOffset of the value
     * @param valueLength of the value
     */
    void onRecord(
        int handle,
        long offset,
        int leaderEpoch,
        long timestampNs,
        DirectBuffer buffer,
        int keyOffset,
        int keyLength,
        int valueOffset,
        int valueLength);
}
