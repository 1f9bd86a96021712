/**
 * Open-loop load on the whole, and JMH benchmarks of the parts.
 * <p>
 * The rig ({@link io.syncline.bench.LatencyRig}) knows when each record is due and nothing else; a
 * {@link io.syncline.bench.Transceiver} knows how to send one and how to hear of it. Latency counts from the time a record was
 * due, so a system that stalls is charged for every record it kept waiting (no coordinated omission); the time from the
 * actual send stands beside it.
 */
package io.syncline.bench;
