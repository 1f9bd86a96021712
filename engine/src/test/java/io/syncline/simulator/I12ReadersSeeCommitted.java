package io.syncline.simulator;

import io.syncline.protocol.PartitionKey;

/** I12: every record returned to a consumer was below the true HW at that time. */
final class I12ReadersSeeCommitted extends SimInvariant
{
    private final SimTruth truth;

    I12ReadersSeeCommitted(final SimTruth truth)
    {
        super("I12");
        this.truth = truth;
    }

    /** What a replica shows to readers. */
    void onReplica(final SimReplica replica)
    {
        final long shown = replica.readersHighWatermark;
        if (shown > replica.log.agreedTo)
        {
            require(shown <= truth.end(replica.key), () -> "readers are shown more than the true high watermark of " +
                truth.end(replica.key) + ": " + replica + ", " + replica.log);
            final long parted = truth.firstDifference(replica.log, shown);
            require(parted < 0, () -> "readers are shown other records than committed from offset " + parted + ": " + replica + ", " +
                replica.log);
        }
    }

    /** What a consumer was given. */
    void onConsumed(final String consumer, final long key, final long offset, final long id)
    {
        require(offset < truth.end(key), () -> consumer + " of " + PartitionKey.toString(key) + " got offset " + offset +
            ", true HW " + truth.end(key));
        require(truth.recordId(key, offset) == id, () -> consumer + " of " + PartitionKey.toString(key) + " got record " + id +
            " at offset " + offset + ", committed is " + truth.recordId(key, offset));
    }
}
