using System.Net.Sockets;

namespace GatewayMesh.Linux;

/// <summary>
/// Ends a connection whose other end cannot be reached any more (a cut cable, a dead host): nothing says so by itself, and TCP alone
/// takes a quarter of an hour to give up. A peer that is merely slow acknowledges, and is left alone.
/// </summary>
public static class LostPeer
{
    /// <summary>How long what was sent may stay without an acknowledgement: 5 s, five lost packets in a row.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(5);

    private const int TcpUserTimeout = 18; // tcp(7): milliseconds
    private const int RetransmitsOffset = 2; // struct tcp_info: tcpi_retransmits
    private const int RetransmitsOfTheLimit = 4; // after 0.2, 0.4, 0.8 and 1.6 s at the least

    /// <summary>Bounds the silence of the peer of <paramref name="socket"/>; what waits for an answer is asked about after 5 s without a byte (keep-alive).</summary>
    /// <param name="socket">A socket that is not connected yet.</param>
    /// <param name="mayStand">
    /// More is sent on it than the other end's kernel takes for an application that does not read (bodies, upgraded streams), so that it may stand
    /// still for long. It is not bounded while something is on its way: the kernel counts a closed window as a missing acknowledgement.
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
    /// Whether what was sent on a connected socket was sent again four times in a row and never acknowledged. A peer whose application does not
    /// read acknowledges the kernel's probes and is not lost: this is for sockets that <c>mayStand</c>.
    /// </summary>
    public static bool IsLost(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> info = stackalloc byte[8];
        try
        {
            return socket.GetRawSocketOption(Libc.IPPROTO_TCP, Libc.TCP_INFO, info) > RetransmitsOffset && info[RetransmitsOffset] >= RetransmitsOfTheLimit;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return false; // closed meanwhile
        }
    }
}
