using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GatewayMesh.Linux;

/// <summary>Result of <see cref="ListeningSocket.Accept"/>.</summary>
public enum AcceptResult
{
    /// <summary>A connection.</summary>
    Accepted,

    /// <summary>No connection is waiting (or a waiting connection is already gone).</summary>
    Empty,

    /// <summary>No descriptor is left in the process or on the host: wait before the next attempt, which would fail immediately.</summary>
    NoDescriptors,

    /// <summary>The socket is not listening (paused).</summary>
    NotListening,
}

/// <summary>
/// A listening TCP socket as lent by the guard: non-blocking, so that no worker is stuck in accept when its lease ends, and a single open
/// file description for guard and workers, so that a connection waits for the next accept.
/// </summary>
public sealed unsafe class ListeningSocket : Descriptor
{
    private const int Backlog = 4096;

    /// <summary>Takes ownership of a listening descriptor.</summary>
    public ListeningSocket(int fd)
        : base(fd)
    {
    }

    /// <summary>Binds and listens.</summary>
    /// <exception cref="LinuxException">The address cannot be bound.</exception>
    public static ListeningSocket Open(IPEndPoint address)
    {
        // A port chosen by the kernel is lost with the first pause; a requested port is not.
        using var chosen = address.Port == 0 ? Bound(address) : null;
        var socket = Bound(chosen?.LocalAddress ?? address);
        try
        {
            socket.Resume();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ListeningSocket Bound(IPEndPoint address)
    {
        var fd = Libc.socket(
            (int)(address.AddressFamily == AddressFamily.InterNetworkV6 ? 10 : 2),
            Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC,
            0);
        if (fd < 0)
        {
            throw LinuxException.Last("socket");
        }

        var socket = new ListeningSocket(fd);
        try
        {
            var on = 1;
            socket.ShareAddress(on);
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                Libc.setsockopt(fd, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, &on, sizeof(int));
            }

            var native = address.Serialize();
            fixed (byte* bytes = native.Buffer.Span)
            {
                if (Libc.bind(fd, bytes, (uint)native.Size) < 0)
                {
                    throw LinuxException.Last("bind");
                }
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Listening address, with the actual port when bound to port 0.</summary>
    public IPEndPoint LocalAddress
    {
        get
        {
            var native = new SocketAddress(AddressFamily.InterNetworkV6);
            var length = (uint)native.Buffer.Length;
            fixed (byte* bytes = native.Buffer.Span)
            {
                if (Libc.getsockname(Number, bytes, &length) < 0)
                {
                    throw LinuxException.Last("getsockname");
                }
            }

            native.Size = (int)length;
            return (IPEndPoint)(
                native.Family == AddressFamily.InterNetworkV6
                    ? new IPEndPoint(IPAddress.IPv6Any, 0)
                    : new IPEndPoint(IPAddress.Any, 0)).Create(native);
        }
    }

    /// <summary>
    /// Number of connections waiting to be accepted (<c>tcpi_unacked</c> of a listener is the length of its accept queue).
    /// </summary>
    public int QueueLength
    {
        get
        {
            const int UnackedOffset = 24;
            var info = stackalloc byte[256];
            uint length = 256;
            return Libc.getsockopt(Number, Libc.IPPROTO_TCP, Libc.TCP_INFO, info, &length) == 0 && length > UnackedOffset + 4
                ? (int)*(uint*)(info + UnackedOffset)
                : 0;
        }
    }

    /// <summary>Accepts a waiting connection; never blocks.</summary>
    /// <param name="connection">Descriptor of the connection, non-blocking and closed on exec, or null.</param>
    public AcceptResult Accept(out Descriptor? connection)
    {
        var fd = Libc.accept4(Number, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
        if (fd >= 0)
        {
            connection = new Descriptor(fd);
            return AcceptResult.Accepted;
        }

        connection = null;
        return Marshal.GetLastPInvokeError() switch
        {
            Libc.EMFILE or Libc.ENFILE => AcceptResult.NoDescriptors,
            22 /* EINVAL: not listening */ => AcceptResult.NotListening,
            _ => AcceptResult.Empty,
        };
    }

    /// <summary>Refuses connections from now on without releasing the address; waiting connections are reset.</summary>
    public void Pause()
    {
        Libc.shutdown(Number, Libc.SHUT_RD);

        // A socket that does not listen shares its port with any socket bound for reuse. Reuse is off here, since this socket listens
        // again.
        ShareAddress(0);
    }

    /// <summary>Listens (again).</summary>
    /// <exception cref="LinuxException">listen failed.</exception>
    public void Resume()
    {
        ShareAddress(1);
        if (Libc.listen(Number, Backlog) < 0)
        {
            throw LinuxException.Last("listen");
        }
    }

    // Connections inherit the option: a port with open connections can be bound again after a restart.
    private void ShareAddress(int on) => Libc.setsockopt(Number, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, &on, sizeof(int));
}
