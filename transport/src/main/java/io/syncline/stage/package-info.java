/**
 * Where the time of a record went: the stages of sampled records, and the mapped files that tools read them from
 * without the process's help.
 *
 * <h2>How it is measured</h2>
 * A producer samples one record in {@code stage.sampling} and sets a bit in its batch's header, at most one record a
 * batch, and beyond 320,000 records a second as many as at that rate. Every stop that sees the bit measures how long
 * the batch stays, on its own monotonic clock, and passes durations back inside the acks; what is left over is the
 * network's. No two clocks are ever compared, and the stages of a record add up to its total exactly.
 * <pre>
 *   producer    p0 due     p1 offered                                                             p9 callback
 *   leader             l1 received  l3 appended  l4 sent to k  l5 ack of k  l6 HW moved  l7 answer sent
 *   follower k                           f1 received  f2 appended  f3 ack sent
 *
 *   wait.producer p1-p0       leader.append l3-l1       net.replica (l5-l4)-(f3-f1)    leader.commit l6-l5
 *   net.producer              leader.send   l4-l3       follower.append f2-f1          leader.ack    l7-l6
 *     (p9-p1)-(l7-l1)                                   follower.ack    f3-f2
 * </pre>
 * k is the follower whose ack completed the commit. "Sent" is read just before the attempt that succeeded, so that a
 * wait for a full stream belongs to the sender. l4 travels with the Append and comes back with its ack, a number to the
 * follower; the rest of a leader's times stay with it. Where no follower was waited for (acks=leader, one replica, an
 * ISR change that completed the commit) the followers' stages are zero and leader.commit runs from l3 to l6. On a topic
 * that is fsynced the follower's ack of a sampled batch is the first one that says it is synced, so follower.ack has
 * the sync in it.
 * <p>
 * Given up and counted, never guessed: a batch sent twice, one whose leadership ended, one that reached its last
 * follower over the bulk stream, and what does not fit into the small tables ({@code AckStages}, {@code AckSamples}).
 * Nothing of this costs an unsampled record more than a test of the bit.
 *
 * <h2>Who writes what</h2>
 * A broker writes {@code stages.dat} beside its counters: as a leader everything from leader.append to leader.ack, with
 * the time from l1 to l7 as the total; as a follower its own two stages of everything sampled. A producer knows the
 * totals. It writes a file of its own where {@code stageDirectory} is given, and tells a {@link
 * io.syncline.stage.StageListener}; by default neither.
 *
 * <h2>The file</h2>
 * Little endian; every value a long unless noted; one writer each.
 * <pre>
 *        0 +--------------------------------------------------------------------------------------------+
 *          | magic int, version int, kind int, node id int, client id, wall less monotonic ns,          |
 *          | started (wall ns), sampling int, sections int | 64: dropped by the leader's side, or a      |
 *          | producer | 128: dropped by the follower's side                                              |
 *     4096 +--------------------------------------------------------------------------------------------+
 *          | directory, 64 bytes a section: topic id, name length int, name; the first entry is unused    |
 *     8192 +--------------------------------------------------------------------------------------------+
 *          | happenings: next sequence | 64: ring of 510 {sequence + 1, end (wall ns), duration, kind int, |
 *          | who int}; any thread writes; -1 while an entry is written                                     |
 *    24576 +--------------------------------------------------------------------------------------------+
 *          | exemplars: 128 seconds x 4 x 128 bytes {version (odd while written), end (wall ns), total,    |
 *          | partition key, offset, follower int, acks int, 9 stages}; a second's place is second mod 128  |
 *    90112 +--------------------------------------------------------------------------------------------+
 *          | section 0: topics without one; sections 1 to 7: a topic each, in the order they came          |
 *          |   4096 bytes of heads, 64 each series: count, sum, max                                        |
 *          |   18 series x 4096 buckets of counts, log-linear with 7 bits (one part in 128)                |
 *          |   640 rows x 128 bytes: count, sum of totals, 9 sums of stages; row by total, 4 bits          |
 *          +--------------------------------------------------------------------------------------------+
 * </pre>
 * The series are the nine stages, the total, six of "the answer if n followers had been enough" (n from 0), and the
 * follower's own append and ack. Counts are never reset: a reader that wants an interval takes two copies and
 * subtracts.
 */
package io.syncline.stage;
