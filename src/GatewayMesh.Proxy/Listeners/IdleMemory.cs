using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Returns the memory of connections that have become idle. An idle process allocates nothing, so the garbage collector would never run on
/// its own. Collects once after many connections have become idle; a process with few never does.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class IdleMemory(TimeProvider time)
{
    /// <summary>Number of connections whose memory is worth a collection: 2,000, about 15 MB.</summary>
    public const int Many = 2000;

    /// <summary>Time for further connections to become idle, before the collection: 15 s.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    private int _released;
    private ITimer? _timer;

    /// <summary>Number of collections.</summary>
    public int Collections { get; private set; }

    /// <summary>Records that a connection has become idle and released its state.</summary>
    public void Release()
    {
        if (Interlocked.Increment(ref _released) == Many)
        {
            _timer = time.CreateTimer(static memory => ((IdleMemory)memory!).Collect(), this, Rest, Timeout.InfiniteTimeSpan);
        }
    }

    private void Collect()
    {
        _timer?.Dispose();
        Collections++;
        UnusedMemory.Return();
        Volatile.Write(ref _released, 0);
    }
}
