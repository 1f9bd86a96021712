/**
 * The cluster's metadata as a fold over events, without input, output, clock or thread.
 * <pre>
 *   {@link io.syncline.metadata.ControllerRequest} --> {@link io.syncline.metadata.Decider} --> {@link io.syncline.metadata.Decision}: events and an answer
 *                                  |                   |
 *                                  v                   v
 *                    {@link io.syncline.metadata.ClusterState} &lt;-- apply({@link io.syncline.metadata.MetadataEvent})  --> every broker's image
 * </pre>
 * Only the controller decides. Its members apply the same requests in the same order and so come to the same state; a broker
 * applies the events it is sent and so has an image of it. The pieces of judgement: {@code BrokerRegistry} (who is alive),
 * {@code TopicRegistry} and {@code Placement} (what exists, and where), {@code InSyncReplicas} (ISR and ELR),
 * {@code LeaderElector} (who leads), {@code SilentLeader} (when to look again), {@code Reassignment} (what operators move).
 */
package io.syncline.metadata;
