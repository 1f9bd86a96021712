/**
 * The log of a partition on disk: {@link io.syncline.replica.ReplicaLog} over one Chronicle queue. The journal decides
 * what a segment is, where it ends and what is durable; Chronicle Queue makes the files, and batches are framed in them
 * as it would, so that a log can be read with Chronicle's own tools.
 *
 * <h2>Files</h2>
 * <pre>
 *   log.dir/
 *     lock   state                              one owner for the whole directory; small facts of the node
 *     partitions/7-3/                           topic id 7, partition 3
 *       manifest                                what the segments mean: base offsets, epochs, synced end, log start
 *       19700101-000001.cq4                     a segment: cycle 1 of the queue
 *       19700101-000002.cq4                     cycle 2, the one written to
 *       19700101-000003.cq4                     cycle 3, prepared, empty
 *       metadata.cq4t   producers-120000        Chronicle's table; the producer table at offset 120000
 *
 *   offsets  0            41 007        80 113     LEO
 *            | cycle 1    | cycle 2     |            |          cycle 3
 *            +------------+-------------+------------+ - - - -  +- - - - - -
 *            |b|b| batch..|b|b|b|       |b|b|b|b|b|b |          |
 *            +------------+-------------+------------+ - - - -  +- - - - - -
 *                                             synced ^
 * </pre>
 * A segment ends where the next one begins, whatever else lies in its file: so a truncated tail needs no rewriting, it
 * is just not covered any more. {@link io.syncline.journal.JournalLayout} has all names, {@code Manifest} and {@code
 * SegmentFile} draw their bytes.
 *
 * <h2>Offset and index</h2>
 * One excerpt is one batch, and a batch holds many records. A log <b>offset</b> counts records from 0 over the whole
 * life of the partition. A Chronicle <b>index</b> counts excerpts: cycle in the upper bits, number within the cycle in
 * the lower. They do not follow from each other; nothing here uses the index. An offset leads to a segment by the bases
 * in the manifest, from there to a position by a sparse index in memory and a short walk, and a reader that goes on in
 * order knows its position already.
 *
 * <h2>What is durable when</h2>
 * <table>
 * <caption>Calls, and what a crash after their return leaves</caption>
 * <tr><th>after</th><th>process killed</th><th>machine lost</th></tr>
 * <tr><td>append</td><td>kept: it is in the page cache</td><td>lost, unless synced</td></tr>
 * <tr><td>the end has passed synced()</td><td>kept</td><td>kept</td></tr>
 * <tr><td>startEpoch, truncateTo, restartAt, trimTo</td><td>kept</td><td>kept</td></tr>
 * <tr><td>close</td><td>kept, found without a scan</td><td>the same</td></tr>
 * </table>
 * In between, a crash after any step leaves a log as before or as after (R8.3): the manifest is forced before what it
 * announces takes effect, and what no manifest knows is deleted at open. What lies below the log start in the first
 * segment is no longer covered, as what lies behind the end in one that was cut; {@code LogRetention} says when it
 * goes. An open that does not follow a close scans from the last synced point and believes CRCs only (R8.2); it never
 * appends behind an end it did not write itself.
 *
 * <h2>Threads</h2>
 * <pre>
 *   owner (a data thread)              conductor, beside the owner           any other thread
 *   append, read, release              LogHousekeeping.doWork                LogReader, one for each
 *     ChronicleLog                       Pretoucher: next segment, pages       SegmentReader
 *     SegmentWriter  -> LogState         SegmentReader.prepare, for each       reads LogState
 *                                        LogSyncer: forces, manifest
 *                                        LogRetention: the log start, files
 * </pre>
 * <ul>
 * <li>A log has one owner at a time, and passes from one to the next through a queue. The conductor is the owner while
 * it opens, begins an epoch, truncates, restarts, closes or kills.</li>
 * <li>Only the owner changes {@code LogState}, but for the log's beginning, which retention moves beside it; the order of
 * publishing lets everybody else read without a lock.</li>
 * <li>What is mapped for reserving is released by who touches it, the conductor.</li>
 * <li>The owner opens no file while housekeeping keeps up. Where it does not, a segment grows to twice its size, then
 * the owner helps itself and {@link io.syncline.journal.ChronicleLog#unpreparedRolls()} counts it. That, and a batch
 * that begins an epoch, are the only times at which an append meets a lock.</li>
 * </ul>
 * Nothing is allocated for a batch on its way in or out, and while housekeeping keeps up nothing for a roll: what the
 * owner publishes then, and the segment for those who read at the end of the log, are made ahead by the conductor.
 */
package io.syncline.journal;
