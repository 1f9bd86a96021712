/**
 * Judges a history: what clients sent, were told and read, and what the replicas held in the end. PROTOCOL.md calls the
 * rules H1 to H10; each is a class of that name here. The same code judges the simulator's runs and what real processes
 * wrote down.
 *
 * <pre>
 *   send, ack, fail, unknown, read,        +----------------+   each rule sees each event, after  +-----------------------+
 *   seek, latest, probe, replica --------> | HistoryChecker | ----------------------------------> | H1AckedIsRead .. H10.. |
 *                                          | HistoryRecords |   <- what is known of each record   +-----------+-----------+
 *                                          | OffsetValues   |   <- what stands at each offset                 | violations
 *                                          +----------------+                                                 v
 * </pre>
 * Events of one reader come in the order in which they happened, and a record's send comes before all else about it;
 * between producers and readers any order will do, because what depends on real time goes by the events' own {@code
 * tNs}. No I/O, no clock, no thread, no chance. Memory: about 110 bytes a record and 12 bytes an offset.
 */
package io.syncline.history;
