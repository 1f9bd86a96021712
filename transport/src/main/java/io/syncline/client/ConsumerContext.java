package io.syncline.client;

/**
 * What a {@link Consumer} is configured with; applications use {@link Consumer.Context}.
 *
 * @param <T> the context itself, so that setters chain
 */
public abstract class ConsumerContext<T extends ConsumerContext<T>> extends ClientContext<T>
{
    private ReadFrom readFrom = ReadFrom.LEADER;
    private String rack = "";
    private String group = "";
    private long creditBytes = 1024 * 1024;
    private boolean checkCrcs = true;
    private ConsumerListener listener;

    /**
     * @param readFrom which replica is read; the leader by default
     * @return this
     */
    public T readFrom(final ReadFrom readFrom)
    {
        this.readFrom = readFrom;
        return self();
    }

    /** @return which replica is read */
    public ReadFrom readFrom()
    {
        return readFrom;
    }

    /**
     * @param rack where this client stands, for {@link ReadFrom#NEAREST}
     * @return this
     */
    public T rack(final String rack)
    {
        this.rack = rack;
        return self();
    }

    /** @return where this client stands */
    public String rack()
    {
        return rack;
    }

    /**
     * @param group under which positions are committed; empty (the default) when none are
     * @return this
     */
    public T group(final String group)
    {
        this.group = group;
        return self();
    }

    /** @return group under which positions are committed */
    public String group()
    {
        return group;
    }

    /**
     * @param creditBytes bytes of batches a broker may send of one partition before the application has polled them; at
     *                    least the largest batch, or nothing would ever fit
     * @return this
     */
    public T creditBytes(final long creditBytes)
    {
        this.creditBytes = creditBytes;
        return self();
    }

    /** @return bytes of batches a broker may send of one partition ahead */
    public long creditBytes()
    {
        return creditBytes;
    }

    /**
     * @param checkCrcs whether the CRCs of each batch are checked here once more; true by default
     * @return this
     */
    public T checkCrcs(final boolean checkCrcs)
    {
        this.checkCrcs = checkCrcs;
        return self();
    }

    /** @return whether the CRCs of each batch are checked */
    public boolean checkCrcs()
    {
        return checkCrcs;
    }

    /**
     * @param listener hears of divergence and of positions outside the log; without one poll throws
     * @return this
     */
    public T listener(final ConsumerListener listener)
    {
        this.listener = listener;
        return self();
    }

    /** @return hears of divergence and of positions outside the log, null for none */
    public ConsumerListener listener()
    {
        return listener;
    }

    @Override
    void conclude()
    {
        if (creditBytes < ProducerContext.MAX_BATCH_BYTES_DEFAULT)
        {
            throw new IllegalArgumentException("creditBytes " + creditBytes + " is below the largest batch, " +
                ProducerContext.MAX_BATCH_BYTES_DEFAULT);
        }
        super.conclude();
    }
}
