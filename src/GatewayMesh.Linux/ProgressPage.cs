using System.Runtime.CompilerServices;

namespace GatewayMesh.Linux;

/// <summary>What the data path counts where the guard can see it.</summary>
public enum Progress
{
    /// <summary>Turns of the accepting thread.</summary>
    AcceptTurns,

    /// <summary>Connections taken.</summary>
    Accepted,

    /// <summary>Connections ended.</summary>
    Closed,

    /// <summary>Requests begun.</summary>
    RequestsStarted,

    /// <summary>Requests ended.</summary>
    RequestsEnded,

    /// <summary>Upstream answers whose head arrived.</summary>
    UpstreamAnswers,
}

/// <summary>A page of counters that worker and guard share (a memfd mapped by both): proof of life that costs the data path one interlocked add.</summary>
public sealed unsafe class ProgressPage : IDisposable
{
    private const int Size = 4096;
    private const int Stride = 8; // one cache line for each counter
    private long* _counters;

    private ProgressPage(Descriptor descriptor, long* counters)
    {
        Descriptor = descriptor;
        _counters = counters;
    }

    /// <summary>What is passed to the other process.</summary>
    public Descriptor Descriptor { get; }

    /// <summary>A new page, all zero.</summary>
    /// <exception cref="LinuxException">No memory or descriptor left.</exception>
    public static ProgressPage Create()
    {
        var file = MemoryFile.Create("gatewaymesh-progress", []);
        if (Libc.ftruncate(file.Number, Size) < 0)
        {
            throw LinuxException.Last("ftruncate");
        }

        return Map(file);
    }

    /// <summary>Maps a page that another process made; takes the descriptor over.</summary>
    /// <exception cref="LinuxException">It cannot be mapped.</exception>
    public static ProgressPage Map(Descriptor descriptor)
    {
        const int ReadWrite = 3, Shared = 1;
        var memory = Libc.mmap(null, Size, ReadWrite, Shared, descriptor.Number, 0);
        return (nint)memory == -1 ? throw LinuxException.Last("mmap") : new ProgressPage(descriptor, (long*)memory);
    }

    /// <summary>Counts one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(Progress progress) => Interlocked.Increment(ref _counters[(int)progress * Stride]);

    /// <summary>The count so far.</summary>
    public long Read(Progress progress) => Volatile.Read(ref _counters[(int)progress * Stride]);

    /// <summary>Sum of what the data path itself counts: when it stands still, no request moves. Accepting alone is no progress.</summary>
    public long DataPath() => Read(Progress.RequestsStarted) + Read(Progress.RequestsEnded) + Read(Progress.UpstreamAnswers);

    /// <summary>Unmaps the page and closes the descriptor. Nobody may count any more.</summary>
    public void Dispose()
    {
        if (_counters != null)
        {
            Libc.munmap(_counters, Size);
            _counters = null;
            Descriptor.Dispose();
        }
    }
}
