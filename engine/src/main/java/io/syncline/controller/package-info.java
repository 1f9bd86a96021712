/**
 * The controller: {@link io.syncline.metadata} hosted on Aeron Cluster. Consensus, log, sessions and snapshots are
 * Aeron Cluster's; this package starts it, feeds the decisions and tells the brokers.
 */
package io.syncline.controller;
