package io.syncline.client;

import io.syncline.protocol.Codes;

/** A request that did not succeed, from a call that may throw. The message says what, where and what to do. */
public final class ClientException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    private final int code;

    /**
     * @param code    a code of {@link Codes}
     * @param message what happened; the code's name is put before it
     */
    public ClientException(final int code, final String message)
    {
        super(Codes.describe(code) + ": " + message);
        this.code = code;
    }

    /** @return the code of {@link Codes} */
    public int code()
    {
        return code;
    }

    /** @return true where the same call may succeed later */
    public boolean retriable()
    {
        return isRetriable(code);
    }

    /** @return true where this client object is of no more use: close it and open another */
    public boolean fatal()
    {
        return isFatal(code);
    }

    /** @return true where the outcome is not known: it may have happened, or come to happen */
    public boolean unknown()
    {
        return Producer.isUnknown(code);
    }

    static boolean isRetriable(final int code)
    {
        return switch (code)
        {
            case Codes.NOT_CONNECTED, Codes.BACK_PRESSURED, Codes.ADMIN_ACTION, Codes.NOT_LEADER,
                Codes.NOT_ENOUGH_REPLICAS, Codes.NOT_ENOUGH_REPLICAS_AFTER_APPEND, Codes.FENCED_LEADER_EPOCH,
                Codes.UNKNOWN_LEADER_EPOCH, Codes.TIMED_OUT, Codes.CONTROLLER_UNAVAILABLE, Codes.LEADER_NOT_AVAILABLE,
                Codes.NOT_REPLICA, Codes.INVALID_PARTITION_EPOCH, Codes.NO_SPACE -> true;
            default -> false;
        };
    }

    static boolean isFatal(final int code)
    {
        return switch (code)
        {
            case Codes.CLOSED, Codes.FENCED, Codes.INVALID_PRODUCER_EPOCH, Codes.UNSUPPORTED_VERSION -> true;
            default -> false;
        };
    }
}
