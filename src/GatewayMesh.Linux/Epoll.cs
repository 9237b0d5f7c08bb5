using System.Runtime.InteropServices;

namespace GatewayMesh.Linux;

/// <summary>
/// Descriptors that a thread waits for, kept in the kernel (epoll(7)). One thread waits; any thread may add and remove descriptors.
/// </summary>
public sealed unsafe class Epoll : Descriptor
{
    private const int Capacity = 256;

    private readonly ReadyEvent[] _ready = GC.AllocateArray<ReadyEvent>(Capacity, pinned: true);
    private readonly ReadyEvent* _first;

    /// <summary>Creates an empty set, closed on exec.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public Epoll()
        : base(Libc.epoll_create1(Libc.SOCK_CLOEXEC))
    {
        if (IsInvalid)
        {
            throw LinuxException.Last("epoll_create1");
        }

        _first = (ReadyEvent*)Marshal.UnsafeAddrOfPinnedArrayElement(_ready, 0);
    }

    /// <summary>Adds <paramref name="fd"/>. Events that are already pending are returned by the next wait.</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="wanted">Requested events.</param>
    /// <param name="key">Value that <see cref="KeyOf"/> returns for events of the descriptor.</param>
    /// <exception cref="LinuxException">epoll_ctl failed, for example because the descriptor is already in the set.</exception>
    public void Add(int fd, EpollEvents wanted, ulong key)
    {
        var request = new ReadyEvent { Events = wanted, Key = key };
        if (Libc.epoll_ctl(Number, Libc.EPOLL_CTL_ADD, fd, &request) < 0)
        {
            throw LinuxException.Last("epoll_ctl");
        }
    }

    /// <summary>
    /// Removes <paramref name="fd"/>. Required before closing a descriptor that another process shares: the set would keep its description.
    /// </summary>
    /// <returns>False if the descriptor was not in the set.</returns>
    public bool Remove(int fd)
    {
        ReadyEvent unused;
        return Libc.epoll_ctl(Number, Libc.EPOLL_CTL_DEL, fd, &unused) == 0;
    }

    /// <summary>Waits for events.</summary>
    /// <param name="timeoutMilliseconds">Timeout in milliseconds; negative: infinite.</param>
    /// <returns>Number of events, at most 256; 0 after the timeout or a signal.</returns>
    /// <exception cref="LinuxException">epoll_wait failed.</exception>
    public int Wait(int timeoutMilliseconds)
    {
        var count = Libc.epoll_wait(Number, _first, Capacity, timeoutMilliseconds);
        return count >= 0 ? count
            : Marshal.GetLastPInvokeError() == Libc.EINTR ? 0
            : throw LinuxException.Last("epoll_wait");
    }

    /// <summary>Key of an event of the last <see cref="Wait"/>.</summary>
    public ulong KeyOf(int index) => _ready[index].Key;

    /// <summary>Events of the last <see cref="Wait"/> at <paramref name="index"/>.</summary>
    public EpollEvents EventsOf(int index) => _ready[index].Events;

    // The kernel packs the structure on x86-64, the only platform of the mesh.
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct ReadyEvent
    {
        public EpollEvents Events;
        public ulong Key;
    }
}
