using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GatewayMesh.Linux;

/// <summary>
/// Two calls that .NET's socket lacks for a single-threaded client: a connect that returns at once without an exception (connect(2)), and a
/// wait on many sockets with microsecond precision (ppoll(2)).
/// </summary>
public static partial class ClientSocket
{
    /// <summary>Readable, or closed by the peer.</summary>
    public const short Input = 1;

    /// <summary>Writable, or the connect has completed.</summary>
    public const short Output = 4;

    private const int InProgress = 115;

    /// <summary>Starts a non-blocking connect to <paramref name="target"/>; null when refused at once.</summary>
    public static Socket? Connect(IPEndPoint target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var address = target.Serialize();
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        unsafe
        {
            fixed (byte* name = address.Buffer.Span)
            {
                if (Libc.connect((int)socket.Handle, name, (uint)address.Size) == 0 || Marshal.GetLastPInvokeError() == InProgress)
                {
                    return socket;
                }
            }
        }

        socket.Dispose();
        return null;
    }

    /// <summary>Waits until one of <paramref name="sockets"/> is ready, at most <paramref name="microseconds"/>.</summary>
    public static void Poll(Span<PollEntry> sockets, long microseconds)
    {
        var limit = new TimeSpec(microseconds / 1_000_000, microseconds % 1_000_000 * 1_000);
        unsafe
        {
            fixed (PollEntry* first = sockets)
            {
                if (PPoll(first, (nuint)sockets.Length, &limit, null) < 0)
                {
                    // Interrupted by a signal: the entries still contain the results of the previous call.
                    foreach (ref var entry in sockets)
                    {
                        entry.Ready = 0;
                    }
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static unsafe partial int PPoll(PollEntry* entries, nuint count, TimeSpec* limit, void* mask);

    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
