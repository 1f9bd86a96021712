package io.syncline.metadata;

/** One change of the cluster's metadata: deciding returns events, applying them changes state. */
public interface MetadataEvent
{
}
