/**
 * The cluster's metadata as a fold over events, without input, output, clock or thread.
 * <pre>
 *   {@link io.syncline.metadata.ControllerRequest} --> {@link io.syncline.metadata.Decider} --> {@link io.syncline.metadata.Decision}: events and an answer
 *                                  |                   |
 *                                  v                   v
 *                    {@link io.syncline.metadata.ClusterState} &lt;-- apply({@link io.syncline.metadata.MetadataEvent})  --> every broker's image
 * </pre>
 * Only the controller decides. Its members apply the same requests in the same order and so come to the same state; a
 * broker applies the events it is sent and so has an image of it. The pieces of judgement: {@code BrokerRegistry} (who
 * is alive), {@code TopicRegistry} and {@code Placement} (what exists, and where), {@code InSyncReplicas} (ISR and
 * ELR), {@code LeaderElector} (who leads), {@code SilentLeader} (when to look again), {@code Reassignment} (what
 * operators move).
 *
 * <h2>A lossy restart at level fsynced</h2>
 * R5.4 takes a broker that lost its page cache out of ISR and ELR. A topic at level {@code fsynced} lets it stay in the
 * ELR, so that all replicas may lose power at once (P3). The argument is that of a killed process at level {@code
 * replicated}, with the synced prefix of a log in the place of the log:
 * <ol>
 * <li>R3.1: a high watermark is at or below the synced end of every member of the maximal ISR, the leader
 * included.</li>
 * <li>R4.2: who joins is synced up to the leader's high watermark and up to LESO, which no commit of an earlier epoch
 * exceeds. With 1, every member of the ISR is always synced up to everything committed.</li>
 * <li>R5.3: who left with the ISR below m is in the ELR, and nothing commits until the ISR is m again, which empties
 * the ELR. So 2 holds for the ELR.</li>
 * <li>A loss of power takes nothing below the synced end: segments, names, epochs and what the manifest says of them
 * are forced before that end is claimed, and the claim is made anew from what recovery finds. A log that ends below
 * what was synced is damaged and does not lead (R8.2).</li>
 * <li>R2.4, R2.3: what the lost process said of its end counts for nothing once it has registered again; it was fenced,
 * so it left the ISR, and comes back by 2.</li>
 * <li>It truncates as a follower only what its leader does not have, which is nothing committed (R1.7), and synced ends
 * go down with it.</li>
 * </ol>
 * The level of a topic is given when it is created. Should it ever be changed to {@code fsynced}, then not before every
 * member of ISR and ELR is synced up to the high watermark of that moment. Another directory is another disk, and
 * leaves the ELR at any level.
 */
package io.syncline.metadata;
