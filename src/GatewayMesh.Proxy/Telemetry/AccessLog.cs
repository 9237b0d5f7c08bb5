using System.Buffers;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>
/// Writes one JSON line per request. Requests are queued as copies of a struct and written by a dedicated thread: a blocked sink costs
/// lines, never requests.
/// </summary>
public sealed class AccessLog : IDisposable
{
    private const int BatchBytes = 32 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FinalFlush = TimeSpan.FromSeconds(1);

    private readonly BoundedRing<RequestSummary> _waiting;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Stream _sink;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly LineRate? _rate;
    private readonly Thread _writer;
    private long _dropped;
    private int _asleep;
    private volatile bool _stopping;

    /// <summary>Starts the writer.</summary>
    /// <param name="sink">Destination of the lines (standard output); not closed here.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="capacity">Maximum number of queued lines, rounded up to a power of two. Default: 2,048.</param>
    /// <param name="rate">Maximum lines per second; one line counts the excess. Default: null, no limit.</param>
    /// <param name="time">Clock of the rate. Default: the system's.</param>
    public AccessLog(Stream sink, string node, int capacity = 2048, int? rate = null, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _rate = rate is { } most ? new LineRate(most, _time) : null;
        _sink = sink;
        _node = node;
        _waiting = new BoundedRing<RequestSummary>(capacity);
        _writer = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "access log" };
        _writer.Start();
    }

    /// <summary>Lines lost because the queue was full or the sink failed.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Lines suppressed by the rate.</summary>
    public long Suppressed => _rate?.Total ?? 0;

    /// <summary>Queues a line if the rate permits; never waits.</summary>
    public void Write(in RequestSummary request)
    {
        if (TryAdmit())
        {
            Add(request);
        }
    }

    /// <summary>True if the rate permits one more line, which <see cref="Add"/> then queues; otherwise the line is counted.</summary>
    internal bool TryAdmit()
    {
        if (_rate is not { } rate || rate.TryTake())
        {
            return true;
        }

        Wake(); // so that the count is written even if no line follows
        return false;
    }

    /// <summary>Queues an admitted line; never waits.</summary>
    internal void Add(in RequestSummary request)
    {
        if (_stopping || !_waiting.TryAdd(request))
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        // A busy writer checks the queue every 50 ms: waking it for each line would cost a system call per request.
        if (_waiting.Count == _waiting.Capacity / 2)
        {
            _wake.Set();
            return;
        }

        Wake();
    }

    private void Wake()
    {
        if (Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            _wake.Set();
        }
    }

    /// <summary>Writes queued lines for at most a second and stops. A blocked sink is abandoned with its thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _writer.Join(FinalFlush);
    }

    private void Run()
    {
        var batch = new ArrayBufferWriter<byte>(BatchBytes);
        using var line = new AccessLogLine(batch, _node, _time);
        var idle = false;
        while (true)
        {
            var last = _stopping; // read before the queue, so that earlier lines are written
            if (WriteBatch(batch, line))
            {
                idle = false;
                continue;
            }

            if (last)
            {
                return;
            }

            Wait(ref idle);
        }
    }

    private bool WriteBatch(ArrayBufferWriter<byte> batch, AccessLogLine line)
    {
        batch.ResetWrittenCount();
        var lines = 0;
        while (batch.WrittenCount < BatchBytes - 4096 && _waiting.TryTake(out var request))
        {
            line.Write(request);
            lines++;
        }

        if (_rate is { } rate && rate.TakeSuppressed(_stopping) is > 0 and var suppressed)
        {
            line.WriteSuppressed(suppressed, rate.Max);
            lines++;
        }

        if (lines == 0)
        {
            return false;
        }

        try
        {
            _sink.Write(SafeText.Json(batch.WrittenSpan));
            _sink.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or NotSupportedException or UnauthorizedAccessException)
        {
            Interlocked.Add(ref _dropped, lines);
        }

        return true;
    }

    // First a short pause without a need for a wake-up; after a pause without lines, sleep until the next line.
    private void Wait(ref bool idle)
    {
        if (!idle || _rate is { HasSuppressed: true })
        {
            idle = true;
            _wake.WaitOne(Pause);
            return;
        }

        Interlocked.Exchange(ref _asleep, 1);
        if (_waiting.Count == 0 && !_stopping)
        {
            _wake.WaitOne();
        }

        Interlocked.Exchange(ref _asleep, 0);
        idle = false;
    }
}
