using System.Runtime.InteropServices;

namespace GatewayMesh.Linux;

/// <summary>
/// Descriptors that a thread waits for, rebuilt for each wait: <see cref="Clear"/>, <see cref="Add"/> …, <see cref="Wait"/>, then <see
/// cref="IsReady"/> with the index returned by <see cref="Add"/>. Grows, never shrinks; not thread-safe.
/// </summary>
public sealed unsafe class PollSet
{
    private Libc.PollFd[] _entries = new Libc.PollFd[16];

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>Removes all entries.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds <paramref name="fd"/>, waiting until it is readable (or acceptable, or hung up).</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="forWriting">True to wait until the descriptor is writable instead (a completed connect).</param>
    /// <returns>Index of the entry.</returns>
    public int Add(int fd, bool forWriting = false)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        _entries[Count] = new Libc.PollFd { Fd = fd, Events = forWriting ? Libc.POLLOUT : Libc.POLLIN };
        return Count++;
    }

    /// <summary>Waits until an entry is ready or the timeout expires.</summary>
    /// <param name="timeout">Timeout; negative: infinite. Rounded up to milliseconds.</param>
    /// <returns>Number of ready entries; 0 after the timeout or a signal.</returns>
    /// <exception cref="LinuxException">poll failed.</exception>
    public int Wait(TimeSpan timeout)
    {
        var milliseconds = timeout < TimeSpan.Zero ? -1 : (int)Math.Min(int.MaxValue, Math.Ceiling(timeout.TotalMilliseconds));
        fixed (Libc.PollFd* entries = _entries)
        {
            var ready = Libc.poll(entries, (nuint)Count, milliseconds);
            if (ready >= 0)
            {
                return ready;
            }
        }

        if (Marshal.GetLastPInvokeError() != Libc.EINTR)
        {
            throw LinuxException.Last("poll");
        }

        foreach (ref var entry in _entries.AsSpan(0, Count))
        {
            entry.Revents = 0;
        }

        return 0;
    }

    /// <summary>True if the entry was ready (or in error) at the last <see cref="Wait"/>.</summary>
    public bool IsReady(int index) => _entries[index].Revents != 0;
}
