package io.syncline.bench.floor;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.syncline.bench.Transceiver;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** The client of the hops, on the rig's thread; turns whatever has no thread of its own. */
final class AeronTransceiver implements Transceiver, FragmentHandler
{
    private static final int FRAGMENT_LIMIT = 64;
    private static final long CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(20);

    private final String title;
    private final Aeron aeron;
    private final FloorPlan plan;
    private final IntSupplier crank;
    private final UnsafeBuffer value;
    private final long alreadySent;
    private ExclusivePublication records;
    private Subscription acks;
    private Receipts receipts;
    private long sent;

    /**
     * @param alreadySent by clients before this one: acks count from the first record of all
     */
    AeronTransceiver(
        final String title,
        final Aeron aeron,
        final FloorPlan plan,
        final IntSupplier crank,
        final int maxLength,
        final long alreadySent)
    {
        this.title = title;
        this.aeron = aeron;
        this.plan = plan;
        this.crank = crank;
        this.alreadySent = alreadySent;
        value = new UnsafeBuffer(new byte[Math.max(1, maxLength)]);
    }

    @Override
    public String open(final Receipts receipts)
    {
        this.receipts = receipts;
        acks = aeron.addSubscription(plan.subscription(FloorPlan.ACK), FloorPlan.ACK);
        records = aeron.addExclusivePublication(plan.publication(FloorPlan.PRODUCE), FloorPlan.PRODUCE);
        final long deadlineNs = System.nanoTime() + CONNECT_TIMEOUT_NS;
        while (!records.isConnected() || !acks.isConnected())
        {
            if (System.nanoTime() - deadlineNs > 0)
            {
                throw new IllegalStateException("the hops are not connected after 20 s");
            }
            if (crank.getAsInt() == 0)
            {
                Thread.yield();
            }
        }
        return title;
    }

    @Override
    public long send(final int length)
    {
        final long result = records.offer(value, 0, Math.max(1, length));
        return result < 0 ? result : sent++;
    }

    @Override
    public int poll()
    {
        return acks.poll(this, FRAGMENT_LIMIT) + crank.getAsInt();
    }

    @Override
    public void onFragment(final DirectBuffer buffer, final int offset, final int length, final Header header)
    {
        final long upTo = buffer.getLong(offset) - alreadySent;
        if (upTo > 0)
        {
            receipts.onAcked(upTo - 1);
        }
    }

    @Override
    public boolean isDelivering()
    {
        return false;
    }

    long sent()
    {
        return sent;
    }

    @Override
    public void close()
    {
        if (records != null)
        {
            records.close();
            acks.close();
        }
    }
}
