package io.syncline.replica;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Port down: the log of one partition, as its one owner sees it. Offsets are dense; the unit of writing and reading is
 * the batch. An owner is a thread; the log passes from one owner to the next only while nobody uses it.
 * <p>
 * Two tempers. {@code append}, {@code read} and the position queries belong to data threads: no allocation, no file is
 * opened or forced. {@link #startEpoch}, {@link #truncateTo} and {@link #restartAt} force a file, and belong to the
 * conductor. The codes returned are those of {@link io.syncline.protocol.Codes}; what cannot be repaired by the caller
 * is {@code STORAGE_ERROR} and leaves the log refusing everything from then on.
 */
public interface ReplicaLog
{
    /** @return offset of the first record kept; moves up beside the owner, as retention drops what was released */
    long logStart();

    /** @return LEO: the next offset to be written */
    long logEnd();

    /** @return synced LEO: the part known to be on stable storage, exclusive; any thread may read it */
    long synced();

    /** @return leader epoch of the last record, or -1 when there is none */
    int lastEpoch();

    /** @return the epochs of this log and where they start; changes with the log only */
    EpochHistory epochs();

    /**
     * Gives a producer's batch its place at the end of the log: base offset, leader epoch and leader CRC are filled in
     * in the copy, never in the source.
     *
     * @param buffer      holds a valid batch; borrowed
     * @param offset      of the batch
     * @param length      of the batch
     * @param leaderEpoch not below the last one
     * @return the new LEO, or a code
     */
    long appendAsLeader(DirectBuffer buffer, int offset, int length, int leaderEpoch);

    /**
     * Appends a leader's batch as it is.
     *
     * @param buffer holds a valid batch whose base offset is LEO and whose epoch is not below the last one; borrowed
     * @param offset of the batch
     * @param length of the batch
     * @return the new LEO, or a code
     */
    long appendAsFollower(DirectBuffer buffer, int offset, int length);

    /**
     * Wraps the stored batch that holds an offset, in place. Fastest when offsets are read in order.
     *
     * @param offset wanted, anywhere in a batch
     * @param view   wrapped around the batch; valid until the next call on this log
     * @return length of the batch; 0 at LEO; OFFSET_OUT_OF_RANGE outside [log start, LEO]; CORRUPT_BATCH
     */
    int read(long offset, UnsafeBuffer view);

    /**
     * R8.4: what lies below an offset is not needed any more. Says no more than that, and blocks for nothing: the log
     * start moves when whoever keeps the log has dropped it. Who follows calls this for what its leader no longer has.
     *
     * @param offset the beginning of a batch, not above the high watermark; a lower one than before changes nothing
     */
    void release(long offset);

    /**
     * R1.6: makes (epoch, LEO) durable in the epoch history. Blocks.
     *
     * @param leaderEpoch above every epoch of the history
     */
    void startEpoch(int leaderEpoch);

    /**
     * Drops every batch at or above an offset, and the epochs that start there; an offset within a batch drops the
     * whole batch. Durable on return, and repeated or undone after a crash at any step. Blocks.
     *
     * @param offset from log start to LEO
     * @return the new LEO
     */
    long truncateTo(long offset);

    /**
     * R1.5: drops everything and starts again, empty, at an offset. Durable on return. Blocks.
     *
     * @param offset the new log start and LEO
     */
    void restartAt(long offset);
}
