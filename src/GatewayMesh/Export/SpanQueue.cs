using System.Diagnostics;
using OpenTelemetry;

namespace GatewayMesh.Export;

/// <summary>
/// Recorded spans on their way to the collector: a bounded queue and a thread of its own. The data path never waits; a span that finds the
/// queue full, or that the collector did not take, is dropped and counted.
/// </summary>
internal sealed class SpanQueue : BaseExportProcessor<Activity>
{
    private static readonly TimeSpan FinalFlush = TimeSpan.FromSeconds(1);

    private readonly Queue<Activity> _waiting;
    private readonly Activity[] _batch;
    private readonly int _most;
    private readonly TimeSpan _delay;
    private readonly Thread _thread;
    private bool _stopping;
    private long _full;
    private long _lost;
    private long _delivered;

    /// <summary>Starts the thread.</summary>
    /// <param name="exporter">Sends the spans; owned.</param>
    /// <param name="most">Maximum number of spans in the queue.</param>
    /// <param name="batch">Maximum number of spans of one export.</param>
    /// <param name="delay">Maximum time that a span waits before an export begins.</param>
    public SpanQueue(BaseExporter<Activity> exporter, int most, int batch, TimeSpan delay)
        : base(exporter)
    {
        (_most, _delay) = (most, delay);
        _waiting = new Queue<Activity>(Math.Min(most, 256));
        _batch = new Activity[batch];
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "spans" };
        _thread.Start();
    }

    /// <summary>Spans that the collector took.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Spans dropped because the queue was full.</summary>
    public long Full => Interlocked.Read(ref _full);

    /// <summary>Spans dropped because the collector did not take them.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (data.Recorded)
        {
            OnExport(data);
        }
    }

    /// <inheritdoc/>
    protected override void OnExport(Activity data)
    {
        lock (_waiting)
        {
            if (_waiting.Count >= _most || _stopping)
            {
                Interlocked.Increment(ref _full);
                return;
            }

            _waiting.Enqueue(data);
            if (_waiting.Count == _batch.Length)
            {
                Monitor.PulseAll(_waiting);
            }
        }
    }

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        lock (_waiting)
        {
            _stopping = true;
            Monitor.PulseAll(_waiting);
        }

        _thread.Join(FinalFlush);
        return base.OnShutdown(0);
    }

    private void Run()
    {
        while (Next() is > 0 and var count)
        {
            // A failure of any kind costs these spans and nothing else.
            var result = ExportResult.Failure;
            try
            {
                result = exporter.Export(new Batch<Activity>(_batch, count));
            }
            catch (Exception)
            {
                // Counted below. An exception that left this thread would end the process.
            }

            Interlocked.Add(ref result == ExportResult.Success ? ref _delivered : ref _lost, count);
            Array.Clear(_batch);
        }
    }

    // Waits for a full batch, or for the delay; 0 at the end.
    private int Next()
    {
        lock (_waiting)
        {
            do
            {
                if (_waiting.Count < _batch.Length && !_stopping)
                {
                    Monitor.Wait(_waiting, _delay);
                }
            }
            while (_waiting.Count == 0 && !_stopping);

            var count = 0;
            while (count < _batch.Length && _waiting.TryDequeue(out var span))
            {
                _batch[count++] = span;
            }

            return count;
        }
    }
}
