package io.syncline.replica;

/** The log in memory keeps the contract. */
class MemoryLogTest extends ReplicaLogContract
{
    @Override
    protected ReplicaLog open()
    {
        return new MemoryLog(KEY);
    }

    @Override
    protected void close(final ReplicaLog log)
    {
    }
}
