package io.syncline.broker;

import io.syncline.replica.ProducerSequences;
import io.syncline.replica.ReplicaLog;
import io.syncline.replica.Retention;
import org.agrona.collections.Long2LongHashMap;

import java.util.function.LongSupplier;

/**
 * Port down: where the logs of this broker's partitions are kept. Every call blocks as long as it has to and comes on
 * the log keeper's thread ({@link LogKeeper}), unless it says otherwise.
 */
public interface LogStore extends AutoCloseable
{
    /**
     * Opens a partition's log, recovers it where the last stop was not clean, creates it where there is none.
     *
     * @param key of the partition
     * @return the log, owned by the caller
     * @throws RuntimeException when the log cannot be opened; the message says which and why
     */
    Partition open(long key);

    /**
     * Deletes a partition's files; its log is closed. Nothing happens when there are none.
     *
     * @param key of the partition
     */
    void delete(long key);

    /**
     * R8.2: moves a partition's log, which is closed, to where nobody uses it, and forgets what was known of it.
     * Durable on return, and to be repeated after a crash.
     *
     * @param key of the partition
     * @return for a person: where it is now
     * @throws RuntimeException when it is not, and why
     */
    String quarantine(long key);

    /**
     * Housekeeping: pages touched ahead, next segments prepared, syncing.
     *
     * @param nowNs monotonic time
     * @return work done
     */
    int doWork(long nowNs);

    /**
     * R8.2: remembers high watermarks across a kill. Durable on return where one of them has changed.
     *
     * @param highWatermarks by key, of every open partition; none above its log. The caller's
     */
    default void checkpoint(final Long2LongHashMap highWatermarks)
    {
    }

    /** Releases everything; every partition has been closed. On the closing thread. */
    @Override
    void close();

    /**
     * R8.2: a log that its broker can no longer answer for.
     *
     * @param isDamaged true where something in it is known to be bad or gone; false where the device failed
     * @param reason    what, where, and both values where there are two
     */
    record Loss(boolean isDamaged, String reason)
    {
    }

    /** A log that was found damaged, or not at all, when it was to be opened. Nothing was changed. */
    final class DamagedException extends IllegalStateException
    {
        private static final long serialVersionUID = 1L;

        /**
         * @param message what, where, both values
         * @param cause   null for none
         */
        public DamagedException(final String message, final Throwable cause)
        {
            super(message, cause);
        }
    }

    /** One partition's log and what is kept with it. */
    interface Partition
    {
        /** @return the log; used by one owner at a time */
        ReplicaLog log();

        /** @return the producers' sequences; they go where the log goes */
        ProducerSequences sequences();

        /** @return offset known to be committed when the log was last open; log start when nothing is known */
        long committed();

        /**
         * Any thread.
         *
         * @param logEnd LEO as the log's owner publishes it; asked on the reader's thread
         * @return a reader of its own for one thread, beside the owner of the log
         */
        PartitionReader newReader(LongSupplier logEnd);

        /** Looks after what readers of the log have met, and makes it durable that it is damaged where it is. */
        default void look()
        {
        }

        /**
         * Any thread; does not block.
         *
         * @return what has become of the log since it was opened; null while it is well
         */
        default Loss loss()
        {
            return null;
        }

        /**
         * Any thread.
         *
         * @param isFsynced true where acknowledgements wait for the log's synced end (R3.1): it follows LEO as fast as the
         *                  device allows
         */
        default void fsynced(final boolean isFsynced)
        {
        }

        /**
         * R8.4: drops what retention has outlived, where this replica leads, and what its leader has dropped, where it
         * follows; beside the log's owner. Every {@link LogKeeper#RETENTION_INTERVAL_NS}.
         *
         * @param retention     of the topic where this replica leads, {@link Retention#NONE} elsewhere
         * @param highWatermark of this replica
         * @param nowNs         monotonic time
         * @return work done
         */
        default int retain(final Retention retention, final long highWatermark, final long nowNs)
        {
            return 0;
        }

        /**
         * Any thread; does not block.
         *
         * @return batches whose writer had to make room on the device itself
         */
        default long unreservedAppends()
        {
            return 0;
        }

        /** R6.4: builds {@link #sequences()} again, after a truncation or a restart of the log. */
        void rebuildSequences();

        /**
         * R1.4: cuts the log's end off, and the producers' sequences with it.
         *
         * @param offset within the log
         */
        default void truncateTo(final long offset)
        {
            log().truncateTo(offset);
            rebuildSequences();
        }

        /**
         * R1.5: begins an empty log elsewhere.
         *
         * @param offset the new log start
         */
        default void restartAt(final long offset)
        {
            log().restartAt(offset);
            rebuildSequences();
        }

        /**
         * Closes the log; its owner has stopped and its readers are closed. Of a broker that stops: on the closing
         * thread.
         *
         * @param committed high watermark to be remembered
         * @param clean     true to make everything durable first, false to stop as a killed process would
         */
        void close(long committed, boolean clean);
    }
}
