using System.Net.Sockets;

namespace GatewayMesh.Linux;

/// <summary>
/// Closes a connection whose peer is unreachable (a cut cable, a dead host): no packet reports this, and TCP alone gives up only after a
/// quarter of an hour. A slow peer still acknowledges and is not affected.
/// </summary>
public static class LostPeer
{
    /// <summary>Maximum time without an acknowledgment of sent data: 5 s, five lost packets in a row.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(5);

    private const int TcpUserTimeout = 18; // tcp(7): milliseconds
    private const int RetransmitsOffset = 2; // struct tcp_info: tcpi_retransmits
    private const int RetransmitsOfTheLimit = 4; // after 0.2, 0.4, 0.8 and 1.6 s at the least

    /// <summary>
    /// Bounds the silence of the peer of <paramref name="socket"/>; an idle wait for an answer is probed after 5 s without a byte
    /// (keep-alive).
    /// </summary>
    /// <param name="socket">Socket that is not yet connected.</param>
    /// <param name="mayStand">
    /// True if more data may be sent than the peer's kernel buffers for an application that does not read (bodies, upgraded streams), so
    /// that the connection may stall legitimately. Its silence is then not bounded while data is in flight: the kernel counts a closed
    /// window as a missing acknowledgment.
    /// </param>
    public static void Notice(Socket socket, bool mayStand)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (!mayStand)
        {
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeout, BitConverter.GetBytes((int)Limit.TotalMilliseconds));
        }

        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)Limit.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 2);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    }

    /// <summary>
    /// True if sent data was retransmitted four times in a row without an acknowledgment. A peer whose application does not read still
    /// acknowledges the kernel's probes and is not lost. For sockets with <c>mayStand</c>.
    /// </summary>
    public static bool IsLost(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> info = stackalloc byte[8];
        try
        {
            return socket.GetRawSocketOption(Libc.IPPROTO_TCP, Libc.TCP_INFO, info) > RetransmitsOffset
                && info[RetransmitsOffset] >= RetransmitsOfTheLimit;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return false; // closed in the meantime
        }
    }
}
