using System.Runtime.CompilerServices;

namespace GatewayMesh.Linux;

/// <summary>Data path counters visible to the guard.</summary>
public enum Progress
{
    /// <summary>Iterations of the accepting thread.</summary>
    AcceptTurns,

    /// <summary>Accepted connections.</summary>
    Accepted,

    /// <summary>Ended connections.</summary>
    Closed,

    /// <summary>Started requests.</summary>
    RequestsStarted,

    /// <summary>Ended requests.</summary>
    RequestsEnded,

    /// <summary>Upstream responses whose head arrived.</summary>
    UpstreamAnswers,
}

/// <summary>
/// A page of counters shared by worker and guard (a memfd mapped by both): a proof of life that costs the data path one interlocked add,
/// and each event loop plain stores.
/// <code>
/// line 0 … 5 the counters of <see cref="Progress"/> · 6 number of loops (0: a worker that does not publish any) · 7 … 63 the loops
/// </code>
/// A line that one side does not know is zero or is not read, so guard and worker may be of different versions.
/// </summary>
public sealed unsafe class ProgressPage : IDisposable
{
    private const int Size = 4096;
    private const int Stride = 8; // one cache line for each counter
    private const int LoopsLine = 6;
    private const int FirstLoop = (LoopsLine + 1) * Stride;
    private const int Room = (Size / sizeof(long)) - FirstLoop;

    /// <summary>Maximum number of loops: 228. Up to 57 have a cache line each. Further loops are not published.</summary>
    public const int MaxLoops = Room / LoopProgress.Length;

    private long* _counters;

    private ProgressPage(Descriptor descriptor, long* counters)
    {
        Descriptor = descriptor;
        _counters = counters;
    }

    /// <summary>Descriptor that is passed to the other process.</summary>
    public Descriptor Descriptor { get; }

    /// <summary>Creates a page with all counters at zero.</summary>
    /// <exception cref="LinuxException">No memory or descriptor is left.</exception>
    public static ProgressPage Create()
    {
        var file = MemoryFile.Create("gatewaymesh-progress", []);
        if (Libc.ftruncate(file.Number, Size) < 0)
        {
            throw LinuxException.Last("ftruncate");
        }

        return Map(file);
    }

    /// <summary>Maps a page created by another process; takes ownership of the descriptor.</summary>
    /// <exception cref="LinuxException">The page cannot be mapped.</exception>
    public static ProgressPage Map(Descriptor descriptor)
    {
        const int ReadWrite = 3, Shared = 1;
        var memory = Libc.mmap(null, Size, ReadWrite, Shared, descriptor.Number, 0);
        return (nint)memory == -1 ? throw LinuxException.Last("mmap") : new ProgressPage(descriptor, (long*)memory);
    }

    /// <summary>Adds one to a counter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(Progress progress) => Interlocked.Increment(ref _counters[(int)progress * Stride]);

    /// <summary>Current value of a counter.</summary>
    public long Read(Progress progress) => Volatile.Read(ref _counters[(int)progress * Stride]);

    /// <summary>
    /// Sum of the data path's own counters: if it stands still, no request makes progress. Accepting alone is not progress.
    /// </summary>
    public long DataPath() => Read(Progress.RequestsStarted) + Read(Progress.RequestsEnded) + Read(Progress.UpstreamAnswers);

    /// <summary>Number of loops that the worker publishes; 0 if none.</summary>
    public int Loops => (int)Math.Clamp(Volatile.Read(ref _counters[LoopsLine * Stride]), 0, MaxLoops);

    /// <summary>Publishes loops that have made no turn.</summary>
    /// <param name="count">Number of loops; those beyond <see cref="MaxLoops"/> are ignored.</param>
    public void PublishLoops(int count) => Volatile.Write(ref _counters[LoopsLine * Stride], Math.Min(count, MaxLoops));

    /// <summary>Counters of a published loop; for other numbers counters that count nothing.</summary>
    public LoopProgress Loop(int index)
    {
        var loops = Loops;
        return index >= 0 && index < loops
            ? new LoopProgress(_counters + FirstLoop + (index * Math.Min(Stride, Room / loops)))
            : default;
    }

    /// <summary>Unmaps the page and closes the descriptor. No counter may be used afterwards.</summary>
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
