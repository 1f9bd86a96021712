package io.syncline.journal;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Port down: the file system under the journals, and what writes segments on it. In production directories and
 * Chronicle Queue; in the simulator a disk with a page cache that can be lost, torn, damaged or full. Everything that
 * decides anything lies above: what a segment is, what is durable, what is found after a crash.
 */
public interface JournalDisk
{
    /** The operating system's files, segments written by Chronicle Queue. */
    JournalDisk FILES = new FileDisk();

    /** A file that is written from front to back. */
    interface Output extends AutoCloseable
    {
        /**
         * Appends; in the page cache on return.
         *
         * @param bytes from position to limit
         * @throws IOException when the device is full, or has failed
         */
        void write(ByteBuffer bytes) throws IOException;

        /**
         * Returns when everything written is durable, and so is the file's length.
         *
         * @throws IOException when that is not so, now or ever: not to be repeated as if it were
         */
        void force() throws IOException;

        @Override
        void close();
    }

    /** The bytes of a file, in place. */
    interface Mapping extends AutoCloseable
    {
        /** @return all of them as of the time of mapping; what is written there shows */
        UnsafeBuffer buffer();

        @Override
        void close();
    }

    /**
     * @param file any path
     * @return true when there is one
     */
    boolean exists(Path file);

    /**
     * @param file small
     * @return all of it
     * @throws NoSuchFileException when there is none
     * @throws IOException         when it cannot be read
     */
    byte[] read(Path file) throws IOException;

    /**
     * @param directory any path
     * @return names of what is in it, in any order; none where there is no directory
     * @throws IOException when it cannot be read
     */
    List<String> names(Path directory) throws IOException;

    /**
     * @param directory made with all above it, its own name durable on return
     * @throws IOException when it could not be
     */
    void createDirectory(Path directory) throws IOException;

    /**
     * @param file   made where there is none
     * @param length everything behind it is cut off first; written from here on
     * @return to write with
     * @throws IOException when it could not be opened
     */
    Output open(Path file, long length) throws IOException;

    /**
     * Makes a file's bytes durable, whoever wrote them and however.
     *
     * @param file nothing happens where there is none
     * @throws IOException when they are not, now or ever: not to be repeated as if they were
     */
    void force(Path file) throws IOException;

    /**
     * Makes the pages of a file durable that hold a range of it, whoever wrote them and however. Other pages are left
     * as they are: whoever goes on writing there meets no page that has just been made read-only.
     *
     * @param file nothing happens where there is none
     * @param from position of the first byte
     * @param to   position behind the last one
     * @throws IOException when they are not, now or ever: not to be repeated as if they were
     */
    void force(Path file, long from, long to) throws IOException;

    /**
     * Makes it durable which files there are.
     *
     * @param directory that holds them
     * @throws IOException when that is not so
     */
    void forceNames(Path directory) throws IOException;

    /**
     * Gives a file or a directory another name, in one step, over whatever had it.
     *
     * @param from its name
     * @param to   its new name
     * @throws IOException when nothing happened
     */
    void move(Path from, Path to) throws IOException;

    /**
     * @param file or empty directory; nothing happens where there is none
     * @throws IOException when it is still there
     */
    void delete(Path file) throws IOException;

    /**
     * @param file a segment
     * @return its bytes
     * @throws NoSuchFileException when there is none
     * @throws IOException         when it cannot be read
     */
    Mapping map(Path file) throws IOException;

    /**
     * @param directory  of a partition
     * @param blockBytes length of a segment file
     * @param first      cycle to write to; its file is made when there is none
     * @return writes segments there
     * @throws IOException when it cannot
     */
    SegmentStore openSegments(Path directory, long blockBytes, int first) throws IOException;
}
