/**
 * A broker: the agents, the rings between them, launch and close. The life of a record, stop by stop:
 * <ol>
 * <li>Produce: a client's frame reaches {@link io.syncline.broker.ProduceAdapter} on the leader agent's thread.</li>
 * <li>Append at the leader: {@link io.syncline.broker.LeaderAgent} gives the batch to the partition's
 * {@link io.syncline.replica.LeaderReplica}, which appends it to the log straight from the stream's memory and tells
 * the acks agent through {@link io.syncline.broker.LeaderToAcksRing}.</li>
 * <li>Append to the followers: at the end of the same duty cycle {@link io.syncline.broker.LeaderPublisher} pushes what
 * was appended, out of the log's memory, over the live stream of each follower.</li>
 * <li>Append at a follower: {@link io.syncline.broker.LiveAdapter} hands the batch to
 * {@link io.syncline.broker.FollowerAgent}, which appends it as it is.</li>
 * <li>AppendAck: {@link io.syncline.broker.FollowerPublisher}, once a duty cycle, over the control stream.</li>
 * <li>HighWatermark: {@link io.syncline.broker.ControlAdapter} hands the ack to {@link io.syncline.broker.AcksAgent};
 * when every member of the maximal ISR holds the batch, the high watermark moves: at once for readers (a counter),
 * through {@link io.syncline.broker.AcksToLeaderRing} for the leader agent, which tells the followers with their next
 * Append.</li>
 * <li>ProduceAck: {@link io.syncline.broker.AcksPublisher} answers the producer.</li>
 * <li>Deliver: {@link io.syncline.broker.DeliveryAgent} reads the batch below the high watermark and sends it to
 * consumers; followers that are far behind are fed by it too, at the leader agent's request through
 * {@link io.syncline.broker.FeedRing}.</li>
 * </ol>
 * <pre>
 *               commands (one queue each)                       +-----------+
 *   conductor ------------------------------------------------> | Leader    | live, heartbeat --> peers
 *      ^   |                                     LeaderToAcks   |           |
 *      |   +--------> Follower  control --> peers    |          +-----------+
 *      |   |                                         v             ^     |
 *      |   +--------> Acks  ProduceAck --> clients --+ AcksToLeader+     | feeds
 *      |   |                                                             v
 *      |   +-----------------------------------------------------> Delivery  Deliver --> clients, bulk --> peers
 *      |                                                                    |
 *      +---- ConductorProxy: logs handed back, truncations, ISR wishes -----+
 * </pre>
 * Order: the conductor tells Acks of a leadership before it tells Leader, and each of the two, when it meets an event
 * of an epoch that it does not know yet, first looks into its own command queue. A log has one owner at a time; it
 * passes from one agent to another through the conductor alone ({@link io.syncline.broker.PartitionRoles}).
 * <p>
 * The conductor keeps the controller session, and the session follows the data agents' turns (R5.1); so the conductor
 * never waits for the disk. What does, opening, recovery, epochs, truncation, deletion and syncing, is the
 * {@link io.syncline.broker.LogKeeper}'s, commanded by the conductor and answering through {@code ConductorProxy} like
 * the data agents.
 */
package io.syncline.broker;
