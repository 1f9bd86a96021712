package io.syncline.tools;

/** Ends a command: one line for standard error, and an exit status. */
final class CommandFailure extends RuntimeException
{
    private final int exitCode;

    /**
     * @param exitCode of {@link ExitCode}
     * @param message  what happened, the values that disagree, and what to do; one line
     */
    CommandFailure(final int exitCode, final String message)
    {
        this(exitCode, message, null);
    }

    CommandFailure(final int exitCode, final String message, final Throwable cause)
    {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** @return a failure for which the caller's input is to blame */
    static CommandFailure usage(final String message)
    {
        return new CommandFailure(ExitCode.USAGE, message);
    }

    int exitCode()
    {
        return exitCode;
    }
}
