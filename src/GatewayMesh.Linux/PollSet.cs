using System.Runtime.InteropServices;

namespace GatewayMesh.Linux;

/// <summary>
/// The descriptors that one thread waits for, made anew for each wait: <see cref="Clear"/>, <see cref="Add"/> …,
/// <see cref="Wait"/>, then ask <see cref="IsReady"/> by the index that <see cref="Add"/> returned. Grows, never shrinks; not for several threads.
/// </summary>
public sealed unsafe class PollSet
{
    private Libc.PollFd[] _entries = new Libc.PollFd[16];

    /// <summary>Entries in the set.</summary>
    public int Count { get; private set; }

    /// <summary>Takes all entries out.</summary>
    public void Clear() => Count = 0;

    /// <summary>Waits for <paramref name="fd"/> to be readable (or acceptable, or hung up).</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="forWriting">Wait for it to be writable instead (a connect that has ended).</param>
    /// <returns>Its index.</returns>
    public int Add(int fd, bool forWriting = false)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        _entries[Count] = new Libc.PollFd { Fd = fd, Events = forWriting ? Libc.POLLOUT : Libc.POLLIN };
        return Count++;
    }

    /// <summary>Waits until one is ready or the time is over.</summary>
    /// <param name="timeout">Time to wait; negative: without end. Rounded up to milliseconds.</param>
    /// <returns>How many are ready; 0 at the timeout or after a signal.</returns>
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

    /// <summary>Whether the entry was ready (or in error) at the last <see cref="Wait"/>.</summary>
    public bool IsReady(int index) => _entries[index].Revents != 0;
}
