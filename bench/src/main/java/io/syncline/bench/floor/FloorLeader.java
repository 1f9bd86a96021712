package io.syncline.bench.floor;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.UnsafeBuffer;

/** Sends on what it receives, to every follower, and answers for what all of them have. Belongs to the thread that turns it. */
final class FloorLeader implements Agent, ControlledFragmentHandler
{
    private static final int FRAGMENT_LIMIT = 64;

    private final Subscription records;
    private final ExclusivePublication[] live = new ExclusivePublication[FloorPlan.FOLLOWERS];
    private final Subscription[] acks = new Subscription[FloorPlan.FOLLOWERS];
    private final FragmentHandler[] onAck = new FragmentHandler[FloorPlan.FOLLOWERS];
    private final long[] acked = new long[FloorPlan.FOLLOWERS];
    private final ExclusivePublication answers;
    private final UnsafeBuffer answer = new UnsafeBuffer(new byte[BitUtil.SIZE_OF_LONG]);
    private int next;
    private long answered;

    FloorLeader(final Aeron aeron, final FloorPlan plan)
    {
        records = aeron.addSubscription(plan.subscription(FloorPlan.PRODUCE), FloorPlan.PRODUCE);
        answers = aeron.addExclusivePublication(plan.publication(FloorPlan.ACK), FloorPlan.ACK);
        for (int i = 0; i < FloorPlan.FOLLOWERS; i++)
        {
            final int follower = i;
            live[i] = aeron.addExclusivePublication(plan.publication(FloorPlan.LIVE + i), FloorPlan.LIVE + i);
            acks[i] = aeron.addSubscription(plan.subscription(FloorPlan.FOLLOWER_ACK + i), FloorPlan.FOLLOWER_ACK + i);
            onAck[i] = (buffer, offset, length, header) -> acked[follower] = buffer.getLong(offset);
        }
    }

    @Override
    public Action onFragment(final DirectBuffer buffer, final int offset, final int length, final Header header)
    {
        while (next < live.length)
        {
            if (live[next].offer(buffer, offset, length) < 0)
            {
                // Comes again; followers that have it are passed over.
                return Action.ABORT;
            }
            next++;
        }
        next = 0;
        return Action.CONTINUE;
    }

    @Override
    public int doWork()
    {
        int work = records.controlledPoll(this, FRAGMENT_LIMIT);
        long all = Long.MAX_VALUE;
        for (int i = 0; i < acks.length; i++)
        {
            work += acks[i].poll(onAck[i], FRAGMENT_LIMIT);
            all = Math.min(all, acked[i]);
        }
        if (all > answered)
        {
            answer.putLong(0, all);
            if (answers.offer(answer, 0, BitUtil.SIZE_OF_LONG) > 0)
            {
                answered = all;
                work++;
            }
        }
        return work;
    }

    @Override
    public String roleName()
    {
        return "leader";
    }
}
