package io.syncline.simulator;

import java.util.List;

/**
 * A protocol bug planted on purpose: a piece of production source and what stands in its place in the mutant.
 * Production itself knows nothing of it.
 *
 * @param name  of the bug
 * @param edits to be made together
 */
record Mutant(String name, List<Edit> edits)
{
    /**
     * One change.
     *
     * @param file   below {@code io/syncline}, without its ending
     * @param before must stand there exactly once
     * @param after  takes its place
     */
    record Edit(String file, String before, String after)
    {
    }

    private static final String ACKS = "replica/AcksReplica";
    private static final String FOLLOWER = "replica/FollowerReplica";
    private static final String LEADER = "replica/LeaderReplica";
    private static final String CHANGES = "replica/IsrChanges";
    private static final String CURSORS = "replica/SendCursors";
    private static final String SEQUENCES = "replica/ProducerSequences";
    private static final String IN_SYNC = "metadata/InSyncReplicas";

    /** All of them. */
    static final List<Mutant> ALL = List.of(
        of("high watermark from the committed ISR", ACKS,
            "long others = isr.maximal() &", "long others = isr.committed() &"),
        of("high watermark from LEO at fsynced", ACKS,
            "final boolean fsynced = assignment.fsynced();", "final boolean fsynced = false;"),
        of("acknowledged before the high watermark", ACKS,
            "if (endOffset <= highWatermark.value())\n", "if (endOffset >= 0)\n"),
        of("no session and epoch check on append", FOLLOWER,
            "return state == State.STREAMING && epoch == leaderEpoch && session == sessionId;",
            "return state == State.STREAMING;"),
        of("no session check on an append ack", "replica/FollowerProgress",
            "if (logEnd == UNKNOWN || ackIncarnation != incarnation || ackSessionId != sessionId)", "if (logEnd == UNKNOWN)"),
        of("follower's LEO kept across an epoch change", ACKS,
            "        progress = new FollowerProgress[0];\n", ""),
        of("an old epoch committed by count", "replica/HighWatermark",
            "candidate < leso || ", ""),
        of("divergence not looked for", CURSORS,
            "if (!isEmpty && (epoch < lastEpoch || endOffset < followerEnd))",
            "if (!isEmpty && epoch < lastEpoch && endOffset > followerEnd)"),
        of("truncation one too many", FOLLOWER,
            "        else\n        {\n            truncate(offset);", "        else\n        {\n            truncate(Math.max(log.logStart(), offset - 1));"),
        of("truncated to the high watermark", FOLLOWER,
            "        else\n        {\n            truncate(offset);", "        else\n        {\n            truncate(highWatermark);"),
        of("election outside ISR and ELR", "metadata/LeaderElector",
            "        return lead(draft, partition, elected);\n    }",
            "        elected = elected >= 0 ? elected : first(partition.replicas(), partition.replicas(), alive);\n" +
            "        return lead(draft, partition, elected);\n    }"),
        of("lossy restart kept in the ELR", "metadata/BrokerRegistry",
            "if (request.lossy() || !before.directoryId().equals(request.directoryId()))", "if (nowMs < 0)"),
        of("another directory kept in the ELR at fsynced", "metadata/BrokerRegistry",
            "(isOtherDirectory || !isFsynced(draft.state(), partition))", "!isFsynced(draft.state(), partition)"),
        of("lossy restart kept in the ELR at replicated", "metadata/BrokerRegistry",
            "(isOtherDirectory || !isFsynced(draft.state(), partition))", "isOtherDirectory"),
        of("old copy of a directory taken for the directory", "metadata/BrokerRegistry",
            "!request.starts().contains(before.start())", "request.starts().isEmpty()"),
        of("start that heard no answer forgotten", "broker/NodeState",
            "new ArrayList<>(starts);", "new ArrayList<>(starts.subList(0, Math.min(1, starts.size())));"),
        of("wiped directory under its old name", "broker/NodeState",
            "file.directoryId(newDirectoryId);", "file.directoryId(\"directory-\" + nodeId);"),
        new Mutant("no incarnation in ISR expansion", List.of(
            new Edit(CHANGES, "follower.incarnation() == assignment.incarnations()[index];", "follower.incarnation() >= 0;"),
            new Edit(IN_SYNC, " || broker.incarnation() != incarnation)", ")"))),
        of("producer state not rebuilt after a truncation", "broker/LogStore",
            "            log().truncateTo(offset);\n            rebuildSequences();\n", "            log().truncateTo(offset);\n"),
        of("dedup window off by one", SEQUENCES,
            "duplicateBaseOffset = producer.baseOffsets[index];",
            "duplicateBaseOffset = producer.baseOffsets[Math.max(0, index - 1)];"),
        of("readers see up to LEO", "broker/ReadPartition",
            "return counters.highWatermark().get();", "return counters.logEnd().get();"),
        of("a deposed leader acknowledges what waits", ACKS,
            "code == Codes.OK ? pending.baseOffset(0) : -1, code);", "pending.baseOffset(0), Codes.OK);"),
        of("a batch accepted after a hole", FOLLOWER,
            "header.baseOffset() != log.logEnd() || ", ""),
        of("an ISR shrink counts as it is sent", "replica/InSyncReplicas",
            "return committed | proposed;", "return proposed;"),
        of("an ISR change in doubt rolled back", "replica/InSyncReplicas",
            "if (code == Codes.INELIGIBLE_REPLICA)", "if (code < 0)"),
        of("ISR joined below the high watermark", CHANGES,
            "follower.logEnd() >= highWatermark.value() && follower.logEnd() >= highWatermark.leso() &&",
            "follower.logEnd() >= 0 &&"),
        of("ISR joined below LESO", CHANGES,
            " && follower.logEnd() >= highWatermark.leso() &&", " &&"),
        of("election without a new epoch", "metadata/PartitionState",
            "newLeader, leaderEpoch + 1,", "newLeader, leaderEpoch,"),
        of("commit below min.insync.replicas", "replica/HighWatermark",
            "committedSize < minIsr || ", ""),
        of("ELR kept with a full ISR", IN_SYNC,
            "members.size() < minIsr && (partition", "(partition"),
        of("a fenced broker stays in the ISR", "metadata/BrokerRegistry",
            "            InSyncReplicas.remove(draft, partition.key(), brokerId);\n        }\n        draft.fenced",
            "        }\n        draft.fenced"),
        of("follower's high watermark above its LEO", FOLLOWER,
            "Math.min(leaderHighWatermark, log.logEnd())", "leaderHighWatermark"),
        of("ISR change without a look at the partition epoch", IN_SYNC,
            "if (request.partitionEpoch() != partition.partitionEpoch())", "if (request.partitionEpoch() < 0)"),
        of("a sequence gap accepted", SEQUENCES,
            "if (baseSequence == producer.nextSequence())", "if (baseSequence >= producer.nextSequence())"),
        of("an old producer epoch accepted", SEQUENCES,
            "            return Codes.INVALID_PRODUCER_EPOCH;", "            return Codes.OK;"),
        of("snapshot without the ELR", "metadata/EventCodec",
            "decoder.elr().forEach((each) -> elr.add(each.brokerId()));", "decoder.elr().forEach((each) -> each.brokerId());"),
        new Mutant("the epoch is not recorded before it serves", List.of(
            new Edit("broker/PartitionRoles", "if (log.epochs().latestEpoch() != wanted.leaderEpoch())",
                "if (wanted.leaderEpoch() < 0)"),
            new Edit(LEADER, "Invariant.check(log.epochs().latestEpoch() == a.leaderEpoch()", "Invariant.check(true"))),
        of("ack after resume by a zombie", ACKS,
            "answers.answer(clientId, leaderEpoch, fromSequence, toSequence, -1, Codes.NOT_LEADER);",
            "answers.answer(clientId, leaderEpoch, fromSequence, toSequence, baseOffset, Codes.OK);"),
        new Mutant("CRC ignored", List.of(
            new Edit("record/BatchValidator", "!= BatchCrc.producerCrc(buffer, offset, length))",
                "!= BatchCrc.producerCrc(buffer, offset, length) && length < 0)"),
            new Edit("record/BatchValidator", "!= BatchCrc.leaderCrc(partitionKey, baseOffset, leaderEpoch, producerCrc))",
                "!= BatchCrc.leaderCrc(partitionKey, baseOffset, leaderEpoch, producerCrc) && length < 0)"))),
        of("topic directory reused", "metadata/TopicRegistry",
            "final long topicId = state.nextTopicId();",
            "final long topicId = request.name().startsWith(\"extra-\") ?\n" +
            "            1000 + request.name().charAt(6) : state.nextTopicId();"),
        of("handed over before the successor has caught up", "replica/HandOver",
            "return frozenEnd != NONE && logEnd >= frozenEnd;", "return frozenEnd != NONE;"),
        of("follow accepted in another epoch", CURSORS,
            "if (followLeaderEpoch != assignment.leaderEpoch())", "if (followLeaderEpoch < 0)"),
        of("LEO reported as synced LEO", FOLLOWER,
            "        final long synced = log.synced();\n        if (out", "        final long synced = log.logEnd();\n        if (out"),
        of("a lossy restart not told", "broker/NodeState",
            "isLossy = file.found() != StateFile.Found.GOOD || !file.cleanShutdown() && isElsewhere;",
            "isLossy = file.found() != StateFile.Found.GOOD;"),
        of("the clean mark not taken away", "broker/NodeState",
            ".cleanShutdown(false).save();", ".save();"),
        of("latest offset told before it is known", "broker/ReadPartition",
            "return leso == NULL_OFFSET || highWatermark() >= leso;", "return true;"),
        of("a duplicate acknowledged before it is committed", LEADER,
            "return appended(clientId, acks, fromSequence, toSequence, sequences.duplicateBaseOffset(), count);",
            "return appended(clientId, acks < 0 ? 1 : acks, fromSequence, toSequence, sequences.duplicateBaseOffset(), count);"),
        of("taken out and put back between two looks", "replica/Assignment",
            "return partitionEpoch > knownPartitionEpoch + 1 && !isMember(brokerId);", "return false;"),
        of("acks side knows on of a replica put back", "replica/FollowerProgress",
            "if (before != null && a.mayHaveBeenOut(", "if (before == a && a.mayHaveBeenOut("),
        of("leader side streams on to a replica put back", CURSORS,
            "if (isSameLeadership && a.mayHaveBeenOut(", "if (assignment == a && a.mayHaveBeenOut("),
        of("a follow from before its replica was put back", LEADER,
            "if (followLeaderEpoch == leaderEpoch && partitionEpoch < cursor.sincePartitionEpoch)",
            "if (followLeaderEpoch == leaderEpoch && partitionEpoch < 0)"),
        of("a session from before its replica was put back", ACKS,
            "partitionEpoch < progress[index].sincePartitionEpoch())", "partitionEpoch < 0)"),
        of("whatever was said before it became a replica", "replica/Assignment",
            "return isMember(brokerId) ? 0 : partitionEpoch;", "return 0;"));

    private static Mutant of(final String name, final String file, final String before, final String after)
    {
        return new Mutant(name, List.of(new Edit(file, before, after)));
    }
}
