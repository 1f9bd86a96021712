package io.syncline.controller;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** Voters on ports of this machine that nobody uses. */
final class FreePorts
{
    private FreePorts()
    {
    }

    /**
     * @param members number of them, with ids from 0
     * @return {@code controller.quorum.voters}
     */
    static String voters(final int members) throws SocketException
    {
        final StringBuilder voters = new StringBuilder();
        int base = 21_000;
        for (int id = 0; id < members; id++)
        {
            base = freeRange(base);
            voters.append(id == 0 ? "" : ",").append(id).append("@localhost:").append(base);
            base += ControllerContext.PORTS;
        }
        return voters.toString();
    }

    private static int freeRange(final int from) throws SocketException
    {
        for (int base = from; base < 60_000; base += ControllerContext.PORTS)
        {
            final List<DatagramSocket> sockets = new ArrayList<>();
            try
            {
                for (int i = 0; i < ControllerContext.PORTS; i++)
                {
                    sockets.add(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), base + i)));
                }
                return base;
            }
            catch (final SocketException ignore)
            {
                // somebody has one of them
            }
            finally
            {
                sockets.forEach(DatagramSocket::close);
            }
        }
        throw new SocketException("no free ports");
    }
}
