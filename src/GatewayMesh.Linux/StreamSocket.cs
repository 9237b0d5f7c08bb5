using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GatewayMesh.Linux;

/// <summary>
/// Calls on non-blocking TCP sockets for code that is woken by <see cref="Epoll"/>. Failures are values, negative error numbers, because
/// they are ordinary: a full buffer, a peer that left. Nothing here allocates, except for addresses.
/// </summary>
public static unsafe class StreamSocket
{
    /// <summary>Result of a call that would block: <c>-EAGAIN</c>.</summary>
    public const int WouldBlock = -Libc.EAGAIN;

    /// <summary>Result of a connect that continues: <c>-EINPROGRESS</c>.</summary>
    public const int InProgress = -Libc.EINPROGRESS;

    /// <summary>Result of a call on a connection that this side aborted: <c>-ECONNABORTED</c>.</summary>
    public const int Aborted = -Libc.ECONNABORTED;

    private const int LongestAddress = 28; // struct sockaddr_in6

    /// <summary>Creates a non-blocking socket that sends small writes at once.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static int Open(AddressFamily family)
    {
        var fd = Libc.socket(
            family == AddressFamily.InterNetworkV6 ? Libc.AF_INET6 : Libc.AF_INET,
            Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC,
            0);
        if (fd < 0)
        {
            throw LinuxException.Last("socket");
        }

        SendAtOnce(fd);
        return fd;
    }

    /// <summary>Sends small writes at once (<c>TCP_NODELAY</c>).</summary>
    public static void SendAtOnce(int fd) => Set(fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, 1);

    /// <summary>Bounds the silence of the peer, as <see cref="LostPeer.Notice"/> does.</summary>
    /// <param name="fd">Socket that is not yet connected.</param>
    /// <param name="mayStand">True if the connection may stall legitimately; see <see cref="LostPeer.Notice"/>.</param>
    public static void NoticeLostPeer(int fd, bool mayStand)
    {
        const int UserTimeout = 18, KeepIdle = 4, KeepInterval = 5, KeepCount = 6; // tcp(7)
        if (!mayStand)
        {
            Set(fd, Libc.IPPROTO_TCP, UserTimeout, (int)LostPeer.Limit.TotalMilliseconds);
        }

        Set(fd, Libc.IPPROTO_TCP, KeepIdle, (int)LostPeer.Limit.TotalSeconds);
        Set(fd, Libc.IPPROTO_TCP, KeepInterval, 2);
        Set(fd, Libc.IPPROTO_TCP, KeepCount, 3);
        Set(fd, Libc.SOL_SOCKET, Libc.SO_KEEPALIVE, 1);
    }

    /// <summary>Starts a connect.</summary>
    /// <returns>0 if connected, <see cref="InProgress"/>, or another negative error number.</returns>
    public static int Connect(int fd, IPEndPoint target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var address = target.Serialize();
        fixed (byte* name = address.Buffer.Span)
        {
            return Libc.connect(fd, name, (uint)address.Size) == 0 ? 0 : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Returns and clears the pending error of a socket: the result of a connect. 0 without one, else negative.</summary>
    public static int TakeError(int fd)
    {
        var error = 0;
        uint length = sizeof(int);
        return Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_ERROR, &error, &length) == 0 ? -error : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Receives without waiting.</summary>
    /// <returns>Number of bytes, 0 at the end of the peer's stream, or a negative error number.</returns>
    public static int Receive(int fd, Span<byte> into)
    {
        fixed (byte* buffer = into)
        {
            return Receive(fd, buffer, into.Length, 0);
        }
    }

    /// <summary>Tests for a byte or an end without consuming it.</summary>
    /// <returns>1 with a byte, 0 at the end, or a negative error number.</returns>
    public static int Peek(int fd)
    {
        byte unused;
        return Receive(fd, &unused, 1, Libc.MSG_PEEK);
    }

    /// <summary>Receives without consuming and without waiting.</summary>
    /// <returns>Number of bytes, 0 at the end of the peer's stream, or a negative error number.</returns>
    public static int Peek(int fd, Span<byte> into)
    {
        fixed (byte* buffer = into)
        {
            return Receive(fd, buffer, into.Length, Libc.MSG_PEEK);
        }
    }

    /// <summary>Sends <paramref name="first"/> and <paramref name="second"/> in a single call, without waiting.</summary>
    /// <returns>Number of accepted bytes, or a negative error number.</returns>
    public static int Send(int fd, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* head = first)
        fixed (byte* tail = second)
        {
            if (second.IsEmpty)
            {
                return Send(fd, head, first.Length);
            }

            if (first.IsEmpty)
            {
                return Send(fd, tail, second.Length);
            }

            var parts = stackalloc Libc.IoVec[2];
            parts[0] = new Libc.IoVec { Base = head, Length = (nuint)first.Length };
            parts[1] = new Libc.IoVec { Base = tail, Length = (nuint)second.Length };
            var message = new Libc.MsgHdr { Iov = parts, IovLength = 2 };
            nint sent;
            do
            {
                sent = Libc.sendmsg(fd, &message, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT);
            }
            while (sent < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
            return sent >= 0 ? (int)sent : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Accepts a waiting connection without waiting, non-blocking and closed on exec.</summary>
    /// <param name="listener">Listening descriptor.</param>
    /// <param name="peer">Address of the peer.</param>
    /// <returns>The descriptor, or a negative error number.</returns>
    public static int Accept(int listener, out IPEndPoint? peer)
    {
        var address = stackalloc byte[LongestAddress];
        uint length = LongestAddress;
        var fd = Libc.accept4(listener, address, &length, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
        peer = fd < 0 ? null : Address(new ReadOnlySpan<byte>(address, (int)Math.Min(length, LongestAddress)));
        return fd >= 0 ? fd : -Marshal.GetLastPInvokeError();
    }

    /// <summary>True if <paramref name="error"/> means that no descriptor is left in the process or on the host.</summary>
    public static bool IsOutOfDescriptors(int error) => -error is Libc.EMFILE or Libc.ENFILE;

    /// <summary>True if <paramref name="error"/> means that the socket is not listening (paused).</summary>
    public static bool IsNotListening(int error) => -error == Libc.EINVAL;

    /// <summary>Ends this side's stream (a FIN after the data sent). The peer's direction stays open.</summary>
    public static void EndSending(int fd) => Libc.shutdown(fd, Libc.SHUT_WR);

    /// <summary>Closes the descriptor. Data that was sent is still delivered.</summary>
    public static void Close(int fd) => Libc.close(fd);

    /// <summary>Closes the descriptor with a reset. Data that is not delivered is lost.</summary>
    public static void Reset(int fd)
    {
        var linger = stackalloc int[2] { 1, 0 };
        Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_LINGER, linger, 2 * sizeof(int));
        Libc.close(fd);
    }

    /// <summary>Creates the exception for a negative error number of <paramref name="call"/>.</summary>
    public static LinuxException Failure(string call, int error) => new(call, -error);

    private static int Receive(int fd, byte* buffer, int count, int flags)
    {
        nint received;
        do
        {
            received = Libc.recv(fd, buffer, (nuint)count, flags | Libc.MSG_DONTWAIT);
        }
        while (received < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
        return received >= 0 ? (int)received : -Marshal.GetLastPInvokeError();
    }

    private static int Send(int fd, byte* buffer, int count)
    {
        nint sent;
        do
        {
            sent = Libc.send(fd, buffer, (nuint)count, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT);
        }
        while (sent < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
        return sent >= 0 ? (int)sent : -Marshal.GetLastPInvokeError();
    }

    private static void Set(int fd, int level, int name, int value) => Libc.setsockopt(fd, level, name, &value, sizeof(int));

    private static IPEndPoint? Address(ReadOnlySpan<byte> native) => native switch
    {
        [Libc.AF_INET, 0, var high, var low, var a, var b, var c, var d, ..] =>
            new IPEndPoint(new IPAddress([a, b, c, d]), (high << 8) | low),
        [Libc.AF_INET6, 0, var high, var low, ..] when native.Length == LongestAddress =>
            new IPEndPoint(new IPAddress(native.Slice(8, 16), MemoryMarshal.Read<uint>(native[24..])), (high << 8) | low),
        _ => null,
    };
}
