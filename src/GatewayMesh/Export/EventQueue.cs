using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace GatewayMesh.Export;

/// <summary>
/// Events on their way to the collector: a bounded queue and a thread of its own, which hands batches to the SDK and waits for the
/// collector's answer to each. An event that finds the queue full, or that the collector did not take, is dropped and counted.
/// </summary>
internal sealed class EventQueue : IDisposable
{
    private static readonly TimeSpan FinalFlush = TimeSpan.FromSeconds(1);

    private readonly Queue<EventRecord> _waiting = new();
    private readonly ILogger _logger;
    private readonly BaseProcessor<LogRecord> _processor;
    private readonly DeliveryCounts _counts;
    private readonly int _most;
    private readonly int _batch;
    private readonly TimeSpan _delay;
    private readonly Thread _thread;
    private bool _stopping;
    private long _full;
    private long _lost;
    private long _delivered;

    /// <summary>Starts the thread.</summary>
    /// <param name="logger">Logger of the SDK.</param>
    /// <param name="processor">Processor of the logger's records; exports only when it is flushed.</param>
    /// <param name="counts">Exports of the processor, by the collector's answer.</param>
    /// <param name="most">Maximum number of events in the queue.</param>
    /// <param name="batch">Maximum number of events of one export.</param>
    /// <param name="delay">Maximum time that an event waits before an export begins.</param>
    public EventQueue(ILogger logger, BaseProcessor<LogRecord> processor, DeliveryCounts counts, int most, int batch, TimeSpan delay)
    {
        (_logger, _processor, _counts) = (logger, processor, counts);
        (_most, _batch, _delay) = (most, batch, delay);
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "logs" };
        _thread.Start();
    }

    /// <summary>Events that the collector took.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Events dropped because the queue was full.</summary>
    public long Full => Interlocked.Read(ref _full);

    /// <summary>Events dropped because the collector did not take them.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Adds an event. Never waits for the collector.</summary>
    public void Add(EventRecord record)
    {
        lock (_waiting)
        {
            if (_waiting.Count >= _most || _stopping)
            {
                Interlocked.Increment(ref _full);
                return;
            }

            _waiting.Enqueue(record);
            if (_waiting.Count == _batch)
            {
                Monitor.PulseAll(_waiting);
            }
        }
    }

    /// <summary>Exports what is queued for at most a second, and stops.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _stopping = true;
            Monitor.PulseAll(_waiting);
        }

        _thread.Join(FinalFlush);
    }

    private void Run()
    {
        while (Next() is { Count: > 0 } batch)
        {
            Interlocked.Add(ref IsDelivered(batch) ? ref _delivered : ref _lost, batch.Count);
        }
    }

    private bool IsDelivered(List<EventRecord> batch)
    {
        var failed = _counts.Failed;
        try
        {
            foreach (var record in batch)
            {
                _logger.Log(record.Level, new EventId(0, record.Event), record.Fields, null, (_, _) => record.Message);
            }

            return _processor.ForceFlush() && _counts.Failed == failed;
        }
        catch (Exception)
        {
            return false; // An exception that left this thread would end the process.
        }
    }

    // Waits for a full batch, or for the delay; empty at the end.
    private List<EventRecord> Next()
    {
        lock (_waiting)
        {
            do
            {
                if (_waiting.Count < _batch && !_stopping)
                {
                    Monitor.Wait(_waiting, _delay);
                }
            }
            while (_waiting.Count == 0 && !_stopping);

            var batch = new List<EventRecord>(Math.Min(_waiting.Count, _batch));
            while (batch.Count < _batch && _waiting.TryDequeue(out var record))
            {
                batch.Add(record);
            }

            return batch;
        }
    }
}
