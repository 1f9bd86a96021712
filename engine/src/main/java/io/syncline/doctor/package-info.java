/**
 * Looks at the machine for what ruins latency or ends a node, and says of each thing what was read, why it matters and
 * what to do. Reads only; {@code syncline doctor} prints it, {@code bench} stores it with each run.
 * <p>
 * {@link io.syncline.doctor.Machine} reads, so that a test can put another machine in its place;
 * {@link io.syncline.doctor.Doctor} has one method a check; {@link io.syncline.doctor.Plan} says what is to run there.
 */
package io.syncline.doctor;
