package io.syncline.journal;

import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * A file on a {@link SimDisk}: what a process sees, and, for the pages that differ, what the device holds.
 * <pre>
 *   page      clean         dirty                 given up (an EIO at its sync: it counts as clean)
 *   live      bytes         bytes                 bytes
 *   device    the same      kept aside            kept aside, until it is written and synced again
 * </pre>
 */
final class SimFile
{
    static final int PAGE_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;

    private byte[] live;
    private byte[][] device;
    private boolean[] isGivenUp;
    private int length;
    private int deviceLength;
    private int dirtyPages;
    private int givenUpPages;
    private int written;

    SimFile(final int length)
    {
        live = new byte[Math.max(length, 256)];
        device = new byte[pagesOf(live.length)][];
        isGivenUp = new boolean[device.length];
        this.length = length;
    }

    int length()
    {
        return length;
    }

    /** @return end of what was ever written */
    int written()
    {
        return Math.min(written, length);
    }

    /** @return all of it, in place; written to in place as long as the length stays */
    UnsafeBuffer map()
    {
        return new UnsafeBuffer(live, 0, length);
    }

    byte[] copy()
    {
        return Arrays.copyOf(live, length);
    }

    boolean isDirty()
    {
        return dirtyPages > 0 || length != deviceLength;
    }

    /** @return true where the device holds what a process sees */
    boolean isClean(final int position)
    {
        return device[position / PAGE_BYTES] == null;
    }

    void put(final int position, final byte[] bytes, final int offset, final int count)
    {
        touch(position, count);
        System.arraycopy(bytes, offset, live, position, count);
    }

    /** To be called before a range is written through {@link #map()}. */
    void touch(final int position, final int count)
    {
        reserve(position + count);
        for (int page = position / PAGE_BYTES; page * PAGE_BYTES < position + count; page++)
        {
            if (device[page] == null)
            {
                device[page] = pageOf(page);
                dirtyPages++;
            }
            else if (isGivenUp[page])
            {
                isGivenUp[page] = false;
                givenUpPages--;
                dirtyPages++;
            }
        }
        length = Math.max(length, position + count);
        written = Math.max(written, position + count);
    }

    /** Cuts it off; what is behind reads as zeros from now on. */
    void cut(final int newLength)
    {
        if (newLength < length)
        {
            final int from = newLength;
            final int count = length - newLength;
            touch(from, count);
            Arrays.fill(live, from, from + count, (byte)0);
            length = newLength;
            written = Math.min(written, newLength);
        }
    }

    /** What a process sees is on the device. */
    void sync()
    {
        if (dirtyPages > 0)
        {
            for (int page = 0; page < device.length; page++)
            {
                if (device[page] != null && !isGivenUp[page])
                {
                    free(page);
                }
            }
            dirtyPages = 0;
        }
        deviceLength = length;
    }

    /** Of the pages that hold a range, what a process sees is on the device. */
    void sync(final int from, final int to)
    {
        for (int page = from / PAGE_BYTES; page * PAGE_BYTES < Math.min(to, length); page++)
        {
            if (device[page] != null && !isGivenUp[page])
            {
                free(page);
                dirtyPages--;
            }
        }
        deviceLength = length;
    }

    /** A sync failed: what was dirty counts as clean and is not on the device. */
    void giveUp()
    {
        for (int page = 0; page < device.length; page++)
        {
            if (device[page] != null && !isGivenUp[page])
            {
                isGivenUp[page] = true;
                givenUpPages++;
            }
        }
        dirtyPages = 0;
    }

    /** Pages that count as clean leave the page cache, and the device's are read again. */
    void evict()
    {
        for (int page = 0; givenUpPages > 0 && page < device.length; page++)
        {
            if (isGivenUp[page])
            {
                System.arraycopy(device[page], 0, live, page * PAGE_BYTES, pageLength(page));
                isGivenUp[page] = false;
                givenUpPages--;
                free(page);
            }
        }
    }

    /** Of each page either what was synced or what was written survives, torn perhaps; of the length as well. */
    void losePower(final IntUnaryOperator random)
    {
        final int mode = random.applyAsInt(4);
        for (int page = 0; (dirtyPages > 0 || givenUpPages > 0) && page < device.length; page++)
        {
            if (device[page] == null)
            {
                continue;
            }
            final boolean isKept = !isGivenUp[page] && (mode == 0 || mode > 1 && random.applyAsInt(2) == 0);
            final int pageLength = pageLength(page);
            if (!isKept)
            {
                final int from = !isGivenUp[page] && mode == 3 && random.applyAsInt(4) == 0 ?
                    SECTOR_BYTES * random.applyAsInt(PAGE_BYTES / SECTOR_BYTES) : 0;
                if (from < pageLength)
                {
                    System.arraycopy(device[page], from, live, page * PAGE_BYTES + from, pageLength - from);
                }
            }
            free(page);
        }
        Arrays.fill(isGivenUp, false);
        dirtyPages = 0;
        givenUpPages = 0;
        if (length != deviceLength && (mode == 1 || mode > 1 && random.applyAsInt(2) == 0))
        {
            if (deviceLength < length)
            {
                Arrays.fill(live, deviceLength, length, (byte)0);
            }
            length = deviceLength;
            written = Math.min(written, length);
        }
        deviceLength = length;
    }

    /** Here and on the device. */
    void flip(final int position, final int bit)
    {
        live[position] ^= (byte)(1 << bit);
    }

    /** Here and on the device. */
    void overwrite(final int position, final byte[] bytes, final int offset, final int count)
    {
        System.arraycopy(bytes, offset, live, position, count);
    }

    byte[] bytes()
    {
        return live;
    }

    private void reserve(final int end)
    {
        if (end > live.length)
        {
            live = Arrays.copyOf(live, Math.max(end, live.length * 2));
            device = Arrays.copyOf(device, pagesOf(live.length));
            isGivenUp = Arrays.copyOf(isGivenUp, device.length);
        }
    }

    private byte[] pageOf(final int page)
    {
        return Arrays.copyOfRange(live, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
    }

    private void free(final int page)
    {
        device[page] = null;
    }

    private int pageLength(final int page)
    {
        return Math.min(PAGE_BYTES, live.length - page * PAGE_BYTES);
    }

    private static int pagesOf(final int length)
    {
        return (length + PAGE_BYTES - 1) / PAGE_BYTES;
    }
}
