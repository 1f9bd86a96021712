/**
 * The batch: one layout from the producer to the journal, to each follower and to the consumer. Nobody re-encodes; the
 * leader patches its fields in its own copy.
 * <p>
 * Little endian. Bytes of a batch:
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                          Base Offset                     [L]  |   0
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                         Leader Epoch                     [L]  |   8
 *  +---------------------------------------------------------------+
 *  |                          Leader CRC                      [L]  |  12
 *  +---------------------------------------------------------------+
 *  |                         Producer CRC                     [P]  |  16
 *  +===============================================================+ ---- the producer CRC covers from here ...
 *  |                            Length                        [P]  |  20
 *  +---------------+---------------+-------------------------------+
 *  |    Version    |  Attributes   |           Reserved       [P]  |  24
 *  +---------------+---------------+-------------------------------+
 *  |                            Count                         [P]  |  28
 *  +---------------------------------------------------------------+
 *  |                         Producer Id                      [P]  |  32
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                        Producer Epoch                    [P]  |  40
 *  +---------------------------------------------------------------+
 *  |                        Base Sequence                     [P]  |  44
 *  +---------------------------------------------------------------+
 *  |                        Base Timestamp                    [P]  |  48
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                      Last Offset Delta                   [P]  |  56
 *  +---------------------------------------------------------------+
 *  |                          Reserved                        [P]  |  60
 *  +===============================================================+
 *  |                          Records                         [P] ...  64
 *  +===============================================================+ ---- ... to here
 * </pre>
 * Bytes of a record:
 * <pre>
 *  +---------------------------------------------------------------+
 *  |                        Value Length                           |   0
 *  +---------------------------------------------------------------+
 *  |                         Key Length              (-1: no key)  |   4
 *  +---------------------------------------------------------------+
 *  |                       Timestamp Delta                         |   8
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                            Key                               ...  16
 *  +---------------------------------------------------------------+
 *  |                           Value                              ...  16 + key length
 *  +---------------------------------------------------------------+
 *  |                 zeros, to the next multiple of 8             ...
 *  +---------------------------------------------------------------+
 * </pre>
 * Who writes what, and when:
 * <ol>
 * <li>[P] The producer, {@link io.syncline.record.BatchBuilder#finish()}: everything from the producer CRC on, once. A
 * retry sends the same bytes. It leaves base offset and leader epoch at -1 and the leader CRC at 0.</li>
 * <li>[L] The leader, {@link io.syncline.record.BatchFlyweight#stampLeader}: base offset, leader epoch and leader CRC,
 * once, in the copy that lies in its journal. Followers and consumers get those bytes as they are.</li>
 * </ol>
 * Two CRCs (R8.1). The producer CRC travels end to end, and nobody on the way can repair it. The leader CRC covers the
 * partition, base offset, leader epoch and producer CRC: a batch that is whole, but lies at the wrong offset or in the
 * wrong partition, is found by it.
 */
package io.syncline.record;
