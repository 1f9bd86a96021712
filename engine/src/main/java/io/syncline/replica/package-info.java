/**
 * One partition's rules (PROTOCOL.md), as state machines that take events with {@code nowNs} and primitives and call
 * ports: the log below, an output beside. No I/O, no clock, no thread, no chance; once started nothing is allocated per
 * record.
 *
 * <h2>Three machines, joined by events only</h2>
 * <pre>
 *                  Produce, Follow                                    AppendAck
 *                        |                                                |
 *                +-------v-------+   sessionStarted, appended,    +-------v-------+
 *                | LeaderReplica |   refused, in order            | AcksReplica   |---- ProduceAck
 *                | log, cursors  |------------------------------->| progress, HW, |---- AlterIsr
 *                |               |<-------------------------------| ISR, pending  |
 *                +-------+-------+   highWatermark, acked,        +---------------+
 *                        |           followerRead
 *                        | FollowAccepted, Diverged, OutOfRange, FollowRefused, Append, HighWatermark
 *                +-------v-------+
 *                |FollowerReplica|---- Follow, AppendAck, truncate and restart (to the conductor)
 *                +---------------+
 * </pre>
 * Each has one owner, an agent of the broker; none knows another. All three are made once for a replica and live as
 * long as it; the log and its {@link io.syncline.replica.ProducerSequences} pass from role to role, and the old role
 * has stopped before the new one starts. Events may be late: each carries the leader epoch it belongs to, and where the
 * epoch is not the current one the event changes nothing, except that a produce of an ended epoch is answered
 * NOT_LEADER (R5.6).
 *
 * <h2>States</h2>
 * A leader's view of each follower: {@link io.syncline.replica.SendCursor} (what to send),
 * {@link io.syncline.replica.FollowerProgress} (what was acknowledged), {@link io.syncline.replica.InSyncReplicas} (who
 * counts). A follower's own: {@link io.syncline.replica.FollowerReplica}. Each draws its machine.
 *
 * <h2>Where a rule lives</h2>
 * <table>
 * <caption>Rules of PROTOCOL and their classes</caption>
 * <tr><td>R1.1, R1.4, R1.5, R1.7, R2.1, R3.5</td><td>FollowerReplica</td></tr>
 * <tr><td>R1.2, R1.3, R2.2, R3.4, R6.1 to R6.3, R6.5</td><td>LeaderReplica</td></tr>
 * <tr><td>R1.6</td><td>EpochHistory; checked by LeaderReplica as it begins</td></tr>
 * <tr><td>R2.3, R2.4, R3.1, R3.3, R4.1, R4.2, R5.6, R6.2 (after the append)</td><td>AcksReplica,
 * FollowerProgress</td></tr>
 * <tr><td>R3.2</td><td>HighWatermark</td></tr>
 * <tr><td>R3.6, R4.3</td><td>InSyncReplicas</td></tr>
 * <tr><td>R6.3, R6.4</td><td>ProducerSequences</td></tr>
 * </table>
 *
 * <h2>Invariants</h2>
 * Cheap ones are always on ({@link io.syncline.replica.Invariant}): epochs of a role grow (I2), offsets are dense (I4),
 * HW is not above LEO (I9), a leader has all it knows to be committed (I5), nothing committed is cut (I11), the leader
 * is in its ISR (I7). Across replicas they are checked by the tests of this package after every step.
 *
 * <h2>What the others must keep</h2>
 * <ul>
 * <li>The controller compares the partition epoch of an AlterIsr before it judges the members, and takes the requests
 * of one broker in their order, also across sessions. InSyncReplicas says why.</li>
 * <li>Each AlterIsr is answered once, see {@link io.syncline.replica.AcksReplica#onAlterIsrRefused}.</li>
 * <li>The conductor posts a leadership to the acks side before the leader side, and makes the epoch durable before
 * both.</li>
 * <li>The controller raises the partition epoch with each change of the replicas: a leader knows by a step of more than
 * one that it was not shown all of them, and forgets whom it may have missed
 * ({@link io.syncline.replica.Assignment#mayHaveBeenOut}).</li>
 * <li>Time given to the follower grows across the roles of one incarnation: session ids are drawn from it.</li>
 * </ul>
 *
 * <h2>Words</h2>
 * LEO is {@code logEnd}, the next offset to be written. HW is the end of what every member of the maximal ISR holds.
 * LESO is LEO as a leader epoch began. A session is one follow conversation: (partition, leader epoch, incarnation,
 * session id). Committed ISR is what the controller last confirmed; maximal ISR adds what it may have confirmed. m is
 * the effective min ISR.
 */
package io.syncline.replica;
