package io.syncline.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A process beyond doubt: its number together with when it started, so that another process that was given the same
 * number later is never taken for it.
 *
 * @param pid   number of the process
 * @param start when it started, in words that only this machine's current boot understands
 */
record ProcessIdentity(long pid, String start)
{
    private static final Path PROC = Path.of("/proc");
    /** Fields of /proc/PID/stat behind the name in brackets, which may hold anything. */
    private static final int STATE_FIELD = 0;
    private static final int START_FIELD = 19;
    private static final long SIGNAL_TIMEOUT_S = 10;

    /** What a process is doing. */
    enum State
    {
        RUNNING, PAUSED, DEAD;

        /** @return as the contract writes it */
        String word()
        {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param pid of a process that runs
     * @return its identity; of a process that does not run, one that {@link #state()} calls dead
     */
    static ProcessIdentity of(final long pid)
    {
        return new ProcessIdentity(pid, startOf(pid));
    }

    /**
     * @param text as {@link #toString()} writes it
     * @return the identity; a text that is none stands for a dead process
     */
    static ProcessIdentity parse(final String text)
    {
        final String[] words = text.strip().split(" ", 2);
        try
        {
            return new ProcessIdentity(Long.parseLong(words[0]), words.length == 2 ? words[1] : "");
        }
        catch (final NumberFormatException ex)
        {
            return new ProcessIdentity(-1, "");
        }
    }

    /** @return what the very process is doing; one that ended is dead, also where its number is in use again */
    State state()
    {
        if (pid <= 0 || start.isEmpty() || !start.equals(startOf(pid)))
        {
            return State.DEAD;
        }
        final char state = stateOf(pid);
        return switch (state)
        {
            case 'T', 't' -> State.PAUSED;
            case 'Z', 'X', 'x', ' ' -> State.DEAD;
            default -> State.RUNNING;
        };
    }

    /**
     * Sends a signal, if the process still is the one it was.
     *
     * @param signal name without SIG
     * @return false where it is dead
     */
    boolean signal(final String signal)
    {
        if (state() == State.DEAD)
        {
            return false;
        }
        try
        {
            // The shell's own kill is there on every machine, and knows the signals that Java does not.
            final Process kill = new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + pid)
                .redirectErrorStream(true).start();
            kill.getOutputStream().close();
            final String output = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!kill.waitFor(SIGNAL_TIMEOUT_S, TimeUnit.SECONDS) || kill.exitValue() != 0 && state() != State.DEAD)
            {
                throw new CommandFailure(
                    ExitCode.INTERNAL, "SIG" + signal + " could not be sent to process " + pid + ": " + output.strip());
            }
            return true;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("no shell to send a signal with", ex);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public String toString()
    {
        return pid + " " + start;
    }

    /** When a process started: clock ticks within this boot where /proc tells, else the wall clock's word. "" where it is dead. */
    private static String startOf(final long pid)
    {
        final String[] stat = stat(pid);
        if (stat != null)
        {
            return bootId() + " " + stat[START_FIELD];
        }
        return Files.isDirectory(PROC) ? "" : ProcessHandle.of(pid)
            .flatMap((process) -> process.info().startInstant())
            .map(Object::toString)
            .orElse("");
    }

    private static char stateOf(final long pid)
    {
        final String[] stat = stat(pid);
        if (stat != null)
        {
            return stat[STATE_FIELD].charAt(0);
        }
        try
        {
            final Process ps = new ProcessBuilder("ps", "-o", "state=", "-p", Long.toString(pid))
                .redirectErrorStream(true).start();
            final String state = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return state.isEmpty() ? ' ' : state.charAt(0);
        }
        catch (final IOException ex)
        {
            return 'R';
        }
    }

    private static String[] stat(final long pid)
    {
        try
        {
            final String stat = Files.readString(PROC.resolve(Long.toString(pid)).resolve("stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        }
        catch (final IOException ex)
        {
            return null;
        }
    }

    private static String bootId()
    {
        try
        {
            return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
        }
        catch (final IOException ex)
        {
            return "boot";
        }
    }
}
