package io.syncline.client;

/**
 * One replica of a partition as its leader knows it.
 *
 * @param broker      broker id
 * @param incarnation of the broker's registration
 * @param logEnd      next offset it would write; -1 not known in this leader epoch
 * @param synced      end of what is on stable storage; -1 not known
 */
public record ReplicaState(int broker, long incarnation, long logEnd, long synced)
{
}
