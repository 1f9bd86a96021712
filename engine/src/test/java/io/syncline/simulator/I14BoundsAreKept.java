package io.syncline.simulator;

import io.syncline.broker.BrokerBounds;

/**
 * I14: every queue, table and session count stays within its configured bound. Once everybody has been answered nothing
 * that somebody waits for may be left over: an entry that stays is a leak, long before it is too many.
 */
final class I14BoundsAreKept extends SimInvariant implements BrokerBounds.Visitor
{
    private SimNodes.SimNode node;
    private boolean isQuiet;
    private long waited;

    I14BoundsAreKept()
    {
        super("I14");
    }

    void onNode(final SimNodes.SimNode looked, final boolean quiet)
    {
        if (looked.isUp())
        {
            node = looked;
            isQuiet = quiet;
            looked.node.forEachBound(this);
        }
    }

    /**
     * An answer waits while its client's stream connects, until the client's session times out at the latest; what is
     * quiet is looked at after that, not before.
     *
     * @return true when nothing is left that somebody waits for
     */
    boolean isNothingLeft(final SimNodes.SimNode looked)
    {
        waited = 0;
        onNode(looked, false);
        return waited == 0;
    }

    @Override
    public void onBound(final String what, final long size, final long bound, final boolean isWaited)
    {
        require(size <= bound, () -> "broker " + node.id + " holds " + size + " " + what + ", its bound is " + bound);
        require(!isQuiet || !isWaited || size == 0, () -> "broker " + node.id + " still holds " + size + " " + what +
            " when everybody has been answered");
        waited += isWaited ? size : 0;
    }
}
