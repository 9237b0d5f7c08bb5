using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GatewayMesh.Bench.Soak;

/// <summary>Readiness of many sockets, level-triggered, for one thread: cheaper than the sockets of the platform's thread pool.</summary>
internal sealed partial class Epoll : IDisposable
{
    private const int Add = 1;
    private const uint Input = 1;
    private const int CloseOnExec = 0x80000;
    private readonly Event[] _events = new Event[512];
    private readonly int _descriptor;

    public Epoll()
    {
        _descriptor = Create(CloseOnExec);
        if (_descriptor < 0)
        {
            throw new BenchException("epoll_create1 failed");
        }
    }

    /// <summary>Reports input of a socket as <paramref name="id"/>, until the socket is closed.</summary>
    public void Watch(Socket socket, int id)
    {
        var change = new Event { Events = Input, Id = id };
        if (Control(_descriptor, Add, (int)socket.Handle, ref change) != 0)
        {
            throw new BenchException("epoll_ctl failed");
        }
    }

    /// <summary>Waits for input and writes the ids of ready sockets; returns their number.</summary>
    /// <param name="ids">Receives the ids.</param>
    /// <param name="milliseconds">Longest wait; 0 for none.</param>
    public int Wait(Span<int> ids, int milliseconds)
    {
        var count = Math.Max(0, Wait(_descriptor, _events, Math.Min(_events.Length, ids.Length), milliseconds));
        for (var i = 0; i < count; i++)
        {
            ids[i] = (int)_events[i].Id;
        }

        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Close(_descriptor);

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    private static partial int Control(int epoll, int operation, int descriptor, ref Event change);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    private static partial int Wait(int epoll, [Out] Event[] events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Event
    {
        public uint Events;
        public long Id;
    }
}
