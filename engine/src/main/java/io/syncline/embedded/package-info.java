/**
 * A whole cluster in one process: real journals, real streams, a real controller, one media driver. For tests, demos
 * and applications that want the guarantees without a second process; {@link io.syncline.embedded.EmbeddedCluster} is
 * the door.
 * <pre>
 *   threading   threads besides the controller's own
 *   SHARED      data: driver and every broker's data agents    conductor: every broker's conductor, mostly idle
 *   DEDICATED   the driver's, and those each broker starts for itself
 *   INVOKER     the application calls EmbeddedCluster.doWork(); one for all logs
 * </pre>
 */
package io.syncline.embedded;
