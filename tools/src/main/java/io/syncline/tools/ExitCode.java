package io.syncline.tools;

import io.syncline.protocol.Codes;

/** What a command's exit status says; the same in every command. */
final class ExitCode
{
    /** Done. */
    static final int OK = 0;
    /** A defect of Syncline or an unexpected failure of the machine. */
    static final int INTERNAL = 1;
    /** The command line, a file or a name it mentions is wrong; nothing was changed. */
    static final int USAGE = 2;
    /** The command looked, and what it looked at is not as it must be. */
    static final int CHECK_FAILED = 3;
    /** The cluster cannot do it now: no connection, no leader, too few replicas. */
    static final int UNHEALTHY = 10;
    /** Not done within its time limit. */
    static final int TIMED_OUT = 124;

    private ExitCode()
    {
    }

    /**
     * @param code of {@link Codes}
     * @return the exit status that says the same
     */
    static int of(final long code)
    {
        return switch ((int)code)
        {
            case Codes.TIMED_OUT -> TIMED_OUT;
            case Codes.NOT_CONNECTED, Codes.BACK_PRESSURED, Codes.NOT_LEADER, Codes.NOT_ENOUGH_REPLICAS,
                Codes.NOT_ENOUGH_REPLICAS_AFTER_APPEND, Codes.CONTROLLER_UNAVAILABLE, Codes.LEADER_NOT_AVAILABLE,
                Codes.STORAGE_ERROR, Codes.NOT_REPLICA, Codes.INELIGIBLE_REPLICA, Codes.FENCED -> UNHEALTHY;
            case Codes.UNKNOWN_PARTITION, Codes.UNKNOWN_TOPIC, Codes.TOPIC_EXISTS, Codes.INVALID_REQUEST,
                Codes.NOT_ENOUGH_BROKERS, Codes.RECORD_TOO_LARGE, Codes.OFFSET_OUT_OF_RANGE -> USAGE;
            case Codes.CORRUPT_BATCH, Codes.INVALID_BATCH, Codes.DIVERGED -> CHECK_FAILED;
            default -> code >= 0 ? OK : INTERNAL;
        };
    }
}
