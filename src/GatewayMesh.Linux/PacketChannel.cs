using System.Runtime.InteropServices;
using System.Text;

namespace GatewayMesh.Linux;

/// <summary>A Unix SOCK_SEQPACKET connection: whole messages, each with descriptors (SCM_RIGHTS) if need be. Non-blocking; wait with <see cref="PollSet"/>.</summary>
public sealed unsafe class PacketChannel : Descriptor
{
    /// <summary>The largest message, in bytes.</summary>
    public const int MaxMessage = 128 * 1024;

    /// <summary>The most descriptors of one message (the kernel's own limit is 253).</summary>
    public const int MaxDescriptors = 250;

    private const int ControlHeader = 16;

    /// <summary>Takes over a descriptor that is connected already.</summary>
    public PacketChannel(int fd)
        : base(fd)
    {
    }

    /// <summary>Connects to the socket at <paramref name="path"/>.</summary>
    /// <exception cref="LinuxException">Nobody listens there.</exception>
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

    /// <summary>Sends one message; never blocks.</summary>
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

    /// <summary>Takes one message; never blocks.</summary>
    /// <param name="buffer">Where it goes; <see cref="MaxMessage"/> long.</param>
    /// <param name="descriptors">What came with it; the caller owns them.</param>
    /// <returns>Its length; 0 when the peer is gone; -1 when none waits.</returns>
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

/// <summary>A Unix SOCK_SEQPACKET socket with a path, at which a worker can be found.</summary>
public sealed unsafe class PacketListener : Descriptor
{
    /// <summary>Takes over a descriptor that listens already.</summary>
    public PacketListener(int fd)
        : base(fd)
    {
    }

    /// <summary>Listens at <paramref name="path"/>; what stood there is removed.</summary>
    /// <exception cref="LinuxException">It cannot be bound.</exception>
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

    /// <summary>Takes a waiting connection, or null; never blocks.</summary>
    public PacketChannel? Accept()
    {
        var fd = Libc.accept4(Number, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
        return fd < 0 ? null : new PacketChannel(fd);
    }
}

/// <summary>What the two have in common.</summary>
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
            throw new LinuxException($"{path}: a socket's path has at most {PathSize - 1} bytes; choose a shorter data directory", 36);
        }

        var length = Encoding.UTF8.GetBytes(path, new Span<byte>(address + 2, PathSize));
        use((nint)address, (uint)(2 + length + 1));
    }
}
