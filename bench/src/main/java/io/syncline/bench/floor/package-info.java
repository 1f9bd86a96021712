/**
 * What Syncline is made of, without Syncline: the hops of a produced record over Aeron alone, and an append with Chronicle alone.
 * No engine of these parts can be faster on the same machine in the same layout.
 */
package io.syncline.bench.floor;
