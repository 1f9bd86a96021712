/**
 * A whole cluster in one process: real journals, real streams, a real controller, one media driver. For tests, demos
 * and applications that want the guarantees without a second process; {@link io.syncline.embedded.EmbeddedCluster} is
 * the door.
 * <pre>
 *   threading   threads besides the controller's own
 *   SHARED      data: driver and every broker's data agents    conductors: every broker's conductor, mostly idle
 *               logs: what waits for the disk, of every broker
 *   DEDICATED   the driver's, and those each broker starts for itself
 *   INVOKER     the application calls EmbeddedCluster.doWork()
 *               logs: as above; none with logThread(false), where the application calls EmbeddedCluster.doLogWork()
 * </pre>
 */
package io.syncline.embedded;
