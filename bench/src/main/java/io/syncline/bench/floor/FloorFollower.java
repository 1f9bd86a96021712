package io.syncline.bench.floor;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.UnsafeBuffer;

/** Counts what it receives and says so, once a turn. Belongs to the thread that turns it. */
final class FloorFollower implements Agent, FragmentHandler
{
    private static final int FRAGMENT_LIMIT = 64;

    private final Subscription records;
    private final ExclusivePublication acks;
    private final UnsafeBuffer ack = new UnsafeBuffer(new byte[BitUtil.SIZE_OF_LONG]);
    private final int number;
    private long received;
    private long acked;

    FloorFollower(final Aeron aeron, final FloorPlan plan, final int number)
    {
        this.number = number;
        records = aeron.addSubscription(plan.subscription(FloorPlan.LIVE + number), FloorPlan.LIVE + number);
        acks = aeron.addExclusivePublication(
            plan.publication(FloorPlan.FOLLOWER_ACK + number), FloorPlan.FOLLOWER_ACK + number);
    }

    @Override
    public void onFragment(final DirectBuffer buffer, final int offset, final int length, final Header header)
    {
        if ((header.flags() & FrameDescriptor.END_FRAG_FLAG) != 0)
        {
            received++;
        }
    }

    @Override
    public int doWork()
    {
        int work = records.poll(this, FRAGMENT_LIMIT);
        if (received > acked)
        {
            ack.putLong(0, received);
            if (acks.offer(ack, 0, BitUtil.SIZE_OF_LONG) > 0)
            {
                acked = received;
                work++;
            }
        }
        return work;
    }

    @Override
    public String roleName()
    {
        return "follower " + number;
    }
}
