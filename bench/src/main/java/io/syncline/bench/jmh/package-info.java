/**
 * JMH benchmarks, one class for each hot structure. Run them through JMH's main with the flags of {@code tools/bin/jvm.flags},
 * {@code -prof gc} for the allocation per operation.
 */
package io.syncline.bench.jmh;
