package io.syncline.simulator;

import io.syncline.simulator.Mutant.Edit;

import java.util.List;

/**
 * A trace of PROTOCOL.md, "Traces to keep as named tests": a course of events that once broke Kafka, or would break
 * this. It is kept as a scenario for the state machines, step by step, and where a plan can express it as a stored plan
 * of that name for whole brokers; the mutant is the one edit of production code with which both of them fail.
 *
 * @param name     of the trace, and of its plan
 * @param mutant   breaks what the trace is about
 * @param scenario class (below io.syncline) and method of the scenario, null where there is none
 */
record Trace(String name, Mutant mutant, String scenario)
{
    private static final String ACKS = "replica/AcksReplica";
    private static final String FOLLOWER = "replica/FollowerReplica";
    private static final String TRACES = "replica.ReplicaTracesTest#";

    /** All of them, in the order of PROTOCOL.md. */
    static final List<Trace> ALL = List.of(
        of("truncate to HW, then become leader (KIP-101, 1)", "kip101_1_truncateToHighWatermarkThenBecomeLeader",
            FOLLOWER, "        if (log.epochs().latestEpoch() > log.lastEpoch())\n        {",
            "        if (log.logEnd() > highWatermark)\n        {\n            truncate(highWatermark);\n        }\n" +
            "        else if (log.epochs().latestEpoch() > log.lastEpoch())\n        {"),
        of("divergent bytes at one offset after a double crash (KIP-101, 2)",
            "kip101_2_divergentBytesAtOneOffsetAfterADoubleCrash", "divergence not looked for"),
        of("fast double failover (KIP-279)", "kip279_theOwnEndOfAnEpochDecidesTooAfterAFastDoubleFailover",
            FOLLOWER, "Math.min(logEnd, Math.min(ownEnd, endOffset))", "Math.min(logEnd, endOffset)"),
        of("joiner below LESO (KAFKA-7128)", "kafka7128_aJoinerBelowLesoDoesNotEnterTheIsr", "ISR joined below LESO"),
        new Trace("epoch with no records not recorded (KAFKA-7415)", known("the epoch is not recorded before it serves"), null),
        of("HW adopted with a divergence (KAFKA-14704)", "kafka14704_noHighWatermarkIsAdoptedTogetherWithADivergence",
            FOLLOWER, "return state == State.STREAMING && epoch == leaderEpoch && session == sessionId;",
            "return epoch == leaderEpoch && session == sessionId;"),
        of("stream continued across an epoch change (KAFKA-18723)",
            "kafka18723_anAppendOfAnEndedEpochIsNotTakenByTheNextSession", "no session and epoch check on append"),
        of("restart with an empty disk between ack and AlterIsr (KAFKA-14139)",
            "kafka14139_aRestartWithAnEmptyDiskBetweenAckAndAlterIsr",
            "replica/FollowerProgress", "else if (adopted[i].incarnation < a.incarnations()[i])",
            "else if (adopted[i].incarnation < -1)"),
        new Trace("last replica standing, page cache lost (KIP-966)", known("lossy restart kept in the ELR"),
            "metadata.LeadershipRulesTest#r5_4_aLossyRestartWithinTheSessionTimeoutLeavesTheElrToo"),
        of("a leader that skips an epoch somebody else led (R2.4)", "r2_4_aLeaderThatSkipsAnEpochSomebodyElseLed",
            "follower's LEO kept across an epoch change"),
        of("ISR shrink racing with metadata (KAFKA-12686)", "kafka12686_anIsrShrinkThatRacesWithMetadata",
            "replica/InSyncReplicas", "        proposed = committedMembers;\n", ""),
        of("HW not re-evaluated after a confirmed shrink (KAFKA-13091)",
            "kafka13091_theHighWatermarkMovesWithAConfirmedShrinkAlone",
            ACKS, "        adopt(a, nowNs);\n        evaluate();\n        if", "        adopt(a, nowNs);\n        if"),
        of("an ineligible replica holding HW back (KAFKA-15021)", "kafka15021_anIneligibleReplicaDoesNotHoldTheHighWatermarkBack",
            "replica/InSyncReplicas", "if (code == Codes.INELIGIBLE_REPLICA)", "if (code > 0)"),
        of("duplicate from a lost ack across failover", "aDuplicateFromALostAckAcrossAFailover",
            FOLLOWER, "        sequences.onAppended(header);\n", ""),
        of("sequence wrap", "theSequenceWraps",
            "replica/ProducerSequences", "return baseSequence + count & Integer.MAX_VALUE;", "return baseSequence + count;"),
        of("stale client five epochs behind", "aStaleClientFiveEpochsBehind",
            "replica/LeaderReplica", "if (clientLeaderEpoch == leaderEpoch || clientLeaderEpoch < 0)",
            "if (clientLeaderEpoch <= leaderEpoch)"),
        of("topic recreated while a replica was away", "aTopicRecreatedWhileAReplicaWasAwaySharesNothing",
            "record/BatchValidator", "!= BatchCrc.leaderCrc(partitionKey, baseOffset, leaderEpoch, producerCrc))",
            "!= BatchCrc.leaderCrc(partitionKey, baseOffset, leaderEpoch, producerCrc) && length < 0)"));

    private static Trace of(final String name, final String method, final String mutant)
    {
        return new Trace(name, known(mutant), TRACES + method);
    }

    private static Trace of(
        final String name, final String method, final String file, final String before, final String after)
    {
        return new Trace(name, new Mutant(name, List.of(new Edit(file, before, after))), TRACES + method);
    }

    private static Mutant known(final String name)
    {
        return Mutant.ALL.stream().filter((mutant) -> mutant.name().equals(name)).findFirst().orElseThrow();
    }

    /** @return file name of the plan, which need not be there */
    String planFile()
    {
        return "trace-" + name.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("-$", "") + ".plan";
    }
}
