using System.Runtime.InteropServices;
using System.Text;

namespace GatewayMesh.Linux;

/// <summary>
/// A Unix SOCK_SEQPACKET connection: whole messages, each optionally with descriptors (SCM_RIGHTS). Non-blocking; wait with <see
/// cref="PollSet"/>.
/// </summary>
public sealed unsafe class PacketChannel : Descriptor
{
    /// <summary>Maximum size of a message in bytes.</summary>
    public const int MaxMessage = 128 * 1024;

    /// <summary>Maximum number of descriptors per message (the kernel's limit is 253).</summary>
    public const int MaxDescriptors = 250;

    private const int ControlHeader = 16;

    /// <summary>Takes ownership of a connected descriptor.</summary>
    public PacketChannel(int fd)
        : base(fd)
    {
    }

    /// <summary>Connects to the socket at <paramref name="path"/>.</summary>
    /// <exception cref="LinuxException">No process is listening at the path.</exception>
    public static PacketChannel Connect(string path)
    {
        var channel = new PacketChannel(UnixSocket.Create());
        try
        {
            UnixSocket.WithAddress(path, (address, length) =>
            {
                if (Libc.connect(channel.Number, (byte*)address, length) < 0)
                {
                    throw LinuxException.Last($"connect {path}");
                }
            });
            return channel;
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    /// <summary>Sends a message; never blocks.</summary>
    /// <returns>False when the peer is gone or does not read.</returns>
    public bool TrySend(ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors = default)
    {
        var control = stackalloc byte[ControlHeader + (descriptors.Length * sizeof(int)) + 8];
        fixed (byte* bytes = message)
        {
            var iov = new Libc.IoVec { Base = bytes, Length = (nuint)message.Length };
            var header = new Libc.MsgHdr { Iov = &iov, IovLength = 1 };
            if (descriptors.Length > 0)
            {
                *(nuint*)control = (nuint)(ControlHeader + (descriptors.Length * sizeof(int)));
                *(int*)(control + 8) = Libc.SOL_SOCKET;
                *(int*)(control + 12) = Libc.SCM_RIGHTS;
                descriptors.CopyTo(new Span<int>(control + ControlHeader, descriptors.Length));
                header.Control = control;
                header.ControlLength = (nuint)(((ControlHeader + (descriptors.Length * sizeof(int))) + 7) & ~7);
            }

            nint sent;
            do
            {
                sent = Libc.sendmsg(Number, &header, Libc.MSG_NOSIGNAL);
            }
            while (sent < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
            return sent == message.Length;
        }
    }

    /// <summary>Receives a message; never blocks.</summary>
    /// <param name="buffer">Buffer of length <see cref="MaxMessage"/>.</param>
    /// <param name="descriptors">Received descriptors, owned by the caller.</param>
    /// <returns>Length of the message; 0 when the peer is gone; -1 when none is waiting.</returns>
    /// <exception cref="LinuxException">The message did not fit, or the connection is broken.</exception>
    public int Receive(Span<byte> buffer, List<Descriptor> descriptors)
    {
        const int ControlSize = ControlHeader + (MaxDescriptors * sizeof(int)) + 8;
        var control = stackalloc byte[ControlSize];
        fixed (byte* bytes = buffer)
        {
            var iov = new Libc.IoVec { Base = bytes, Length = (nuint)buffer.Length };
            var header = new Libc.MsgHdr { Iov = &iov, IovLength = 1, Control = control, ControlLength = ControlSize };
            var count = Libc.recvmsg(Number, &header, Libc.MSG_CMSG_CLOEXEC);
            if (count < 0)
            {
                return Marshal.GetLastPInvokeError() switch
                {
                    Libc.EAGAIN or Libc.EINTR => -1,
                    104 /* ECONNRESET */ => 0,
                    _ => throw LinuxException.Last("recvmsg"),
                };
            }

            if (header.ControlLength >= ControlHeader && *(int*)(control + 12) == Libc.SCM_RIGHTS)
            {
                var passed = ((int)*(nuint*)control - ControlHeader) / sizeof(int);
                for (var i = 0; i < passed; i++)
                {
                    descriptors.Add(new Descriptor(((int*)(control + ControlHeader))[i]));
                }
            }

            return (header.Flags & (Libc.MSG_TRUNC | Libc.MSG_CTRUNC)) != 0
                ? throw new LinuxException("recvmsg: message too long", 90)
                : (int)count;
        }
    }
}

/// <summary>A listening Unix SOCK_SEQPACKET socket, at whose path a worker is reachable.</summary>
public sealed unsafe class PacketListener : Descriptor
{
    /// <summary>Takes ownership of a listening descriptor.</summary>
    public PacketListener(int fd)
        : base(fd)
    {
    }

    /// <summary>Listens at <paramref name="path"/>; an existing file is removed.</summary>
    /// <exception cref="LinuxException">The socket cannot be bound.</exception>
    public static PacketListener Open(string path)
    {
        File.Delete(path);
        var listener = new PacketListener(UnixSocket.Create());
        try
        {
            UnixSocket.WithAddress(path, (address, length) =>
            {
                if (Libc.bind(listener.Number, (byte*)address, length) < 0)
                {
                    throw LinuxException.Last($"bind {path}");
                }
            });
            PrivateFolder.Narrow(path);
            return Libc.listen(listener.Number, 16) < 0 ? throw LinuxException.Last("listen") : listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Accepts a waiting connection, or returns null; never blocks.</summary>
    public PacketChannel? Accept()
    {
        var fd = Libc.accept4(Number, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
        return fd < 0 ? null : new PacketChannel(fd);
    }
}

/// <summary>Shared code of channel and listener.</summary>
internal static unsafe class UnixSocket
{
    internal static int Create()
    {
        var fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_SEQPACKET | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        return fd < 0 ? throw LinuxException.Last("socket") : fd;
    }

    internal static void WithAddress(string path, Action<nint, uint> use)
    {
        const int PathSize = 108;
        var address = stackalloc byte[2 + PathSize];
        new Span<byte>(address, 2 + PathSize).Clear();
        *(ushort*)address = Libc.AF_UNIX;
        if (Encoding.UTF8.GetByteCount(path) >= PathSize)
        {
            throw new LinuxException($"{path}: the path of a socket is limited to {PathSize - 1} bytes; use a shorter data directory", 36);
        }

        var length = Encoding.UTF8.GetBytes(path, new Span<byte>(address + 2, PathSize));
        use((nint)address, (uint)(2 + length + 1));
    }
}
