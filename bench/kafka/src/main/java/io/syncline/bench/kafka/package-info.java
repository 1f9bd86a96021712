/** Apache Kafka under the same load: three brokers in three JVMs, started and stopped by the rig. */
package io.syncline.bench.kafka;
