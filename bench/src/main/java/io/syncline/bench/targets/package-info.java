/** The systems the load can be aimed at, and what they have in common. */
package io.syncline.bench.targets;
