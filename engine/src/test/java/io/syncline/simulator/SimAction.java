package io.syncline.simulator;

/**
 * One entry of a plan.
 *
 * @param atUs when
 * @param kind what
 * @param a    a broker or producer
 * @param b    a broker or partition
 * @param c    a number that belongs to it
 */
record SimAction(long atUs, Kind kind, int a, int b, long c)
{
    /** What can be planned. */
    enum Kind
    {
        /** Producer a offers c records to partition b of the first topic. */
        PRODUCE(false),
        /** Broker a dies as by SIGKILL. */
        KILL(true),
        /** The machine of broker a loses power. */
        POWER(true),
        /** Broker a loses power and its directory. */
        WIPE(true),
        /** Broker a is killed, and starts on an old copy of who it is, or, c = 0, on its newest again. */
        RESTORE(true),
        /** Broker a starts, where it is down. */
        START(true),
        /** Broker a stops as asked to. */
        STOP(true),
        /** Broker a stands still for c microseconds. */
        PAUSE(true),
        /**
         * Of broker a only the data agents (b = 0), the conductor (b = 1), or its agent b - 1 stand still for c
         * microseconds, as threads of their own do.
         */
        STALL(true),
        /** The leader of partition b of the first topic stands still for c microseconds; then its agents go on in any order. */
        ZOMBIE(true),
        /** Frames from a to b do not pass; a and b may be clients here. */
        CUT(true),
        /** Frames from a to b pass; a and b may be clients here. */
        HEAL(true),
        /** Broker a hears nobody, c = 1: the controller neither. */
        ISOLATE(true),
        /** Broker a hears everybody. */
        REJOIN(true),
        /** Broker a's link to the controller: c = 1 cut, 0 whole. */
        CUT_CONTROLLER(true),
        /** The sessions from a to b break, and what was under way is lost, comes twice, or up to c microseconds late. */
        BREAK(true),
        /** From now on c in a million frames are lost. */
        LOSS(true),
        /** From now on c in a million frames that carry a batch have a bit of it flipped. */
        CORRUPT(true),
        /** From now on c in a million offers are refused. */
        REFUSE(true),
        /** From now on frames take up to c microseconds. */
        LATENCY(true),
        /** The controller is away for c microseconds. */
        AWAY(true),
        /** From now on c in a million proposals are committed twice. */
        DOUBLE(true),
        /** From now on the controller takes up to c microseconds each way. */
        CONTROLLER_LATENCY(true),
        /** Broker a gives its controller session up. */
        SESSION_LOST(true),
        /** Partition b of the first topic moves to broker a. */
        ELECT(true),
        /** From now on c in a million proposals to the controller are lost without a word. */
        PROPOSALS(true),
        /** From now on c in a million answers of the controller are lost, doubled, or late and out of their order. */
        ANSWERS(true),
        /** Broker a's wall clock is c milliseconds wrong from now on. */
        CLOCK(true),
        /** A producer that takes the name of another one offers c records to partition b of the first topic. */
        FENCE(false),
        /** A topic named c is created; b = 1: by the admin client. */
        CREATE(false),
        /** b records are offered to the topic named c. */
        WRITE(false),
        /** The topic named c is deleted; b = 1: by the admin client. */
        DELETE(true),
        /** Broker a dies within its b-th next step of a change of several files; c = 1: and its machine loses power. */
        CRASH(true),
        /** From now on broker a's disk takes c microseconds from sync to sync. */
        SYNC(true),
        /** Partition b of the first topic gets other replicas, drawn from c. */
        REASSIGN(true),
        /** A bit of partition b of the first topic turns on broker a's device, where that is not too much (P4). */
        FLIP(true),
        /** The next c syncs of broker a's device fail, where that is not too much. */
        BAD_SYNC(true),
        /** The next c reads of broker a's device fail, where that is not too much. */
        BAD_READ(true),
        /**
         * Broker a dies, and of its log of partition b of the first topic a segment that was full loses its end, its
         * content or its name, or, c = 1, everything is gone; where that is not too much (P4).
         */
        GONE(true),
        /** Broker a's device has room for c bytes more, -1: for all; where that is not too much. */
        FULL(true),
        /** The controller commits the next c requests, and another leads before anybody hears of it. */
        UNHEARD(true),
        /** From now on c in a million frames, whatever they carry, arrive without their end. */
        SHORTEN(true);

        private final boolean isFault;

        Kind(final boolean isFault)
        {
            this.isFault = isFault;
        }

        boolean isFault()
        {
            return isFault;
        }
    }

    String toLine()
    {
        return atUs + " " + kind + " " + a + " " + b + " " + c;
    }

    static SimAction parse(final String line)
    {
        final String[] w = line.trim().split(" +");
        return new SimAction(
            Long.parseLong(w[0]), Kind.valueOf(w[1]), Integer.parseInt(w[2]), Integer.parseInt(w[3]), Long.parseLong(w[4]));
    }
}
