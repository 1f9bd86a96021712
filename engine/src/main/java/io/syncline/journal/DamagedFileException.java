package io.syncline.journal;

import java.io.IOException;

/** A file that was read and does not hold what was written: the device answers, and what it says is wrong. */
public final class DamagedFileException extends IOException
{
    private static final long serialVersionUID = 1L;

    /** @param message which file, where in it, and what is there */
    public DamagedFileException(final String message)
    {
        super(message);
    }
}
