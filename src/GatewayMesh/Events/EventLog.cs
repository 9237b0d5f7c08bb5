using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Events;

/// <summary>
/// Mesh events as JSON lines: <c>{"time","level","node","role","event","message",…}</c>. Used by guard and worker. A bounded queue and a
/// separate thread: an unread standard error costs lines, never the caller's time. Never throws.
/// </summary>
public sealed class EventLog : IDisposable
{
    private const int Capacity = 1024;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Queue<byte[]> _lines = new();
    private readonly Stream _sink;
    private readonly string _node;
    private readonly string _role;
    private readonly TimeProvider _time;
    private readonly Thread _writer;
    private readonly int[] _counts = new int[4];
    private long _second = -1;
    private long _suppressed;
    private bool _stopping;
    private bool _busy;
    private long _dropped;

    /// <summary>Starts the log.</summary>
    /// <param name="node">Name of the node.</param>
    /// <param name="role">Role of the process: <c>guard</c>, <c>worker</c>, <c>gateway</c>, …</param>
    /// <param name="sink">Output of the lines. Default: standard error.</param>
    /// <param name="time">The clock. Default: the system's.</param>
    public EventLog(string node, string role, Stream? sink = null, TimeProvider? time = null)
    {
        _node = node;
        _role = role;
        _sink = sink ?? Console.OpenStandardError();
        _time = time ?? TimeProvider.System;
        _writer = new Thread(Drain, 256 * 1024) { IsBackground = true, Name = "events" };
        _writer.Start();
    }

    /// <summary>Minimum level. Default: <see cref="EventLevel.Info"/>.</summary>
    public EventLevel Min { get; set; } = EventLevel.Info;

    /// <summary>
    /// Maximum number of events per level and second. Events beyond are counted in one line. Null: no limit. Default: 100.
    /// </summary>
    public int? MaxPerSecond { get; set; } = 100;

    /// <summary>Second destination of events; null for none. Default: null.</summary>
    internal IEventSink? Export { get; set; }

    /// <summary>Number of lines lost because the queue was full or the sink failed.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Logs a change of interest to an operator.</summary>
    public void Info(string @event, string message, params ReadOnlySpan<EventField> fields) =>
        Write(EventLevel.Info, @event, message, fields);

    /// <summary>Logs a problem that the mesh handles by itself.</summary>
    public void Warning(string @event, string message, params ReadOnlySpan<EventField> fields) =>
        Write(EventLevel.Warning, @event, message, fields);

    /// <summary>Logs a problem that requires action.</summary>
    public void Error(string @event, string message, params ReadOnlySpan<EventField> fields) =>
        Write(EventLevel.Error, @event, message, fields);

    /// <summary>Queues a line.</summary>
    /// <param name="level">Severity.</param>
    /// <param name="event">Event name for machines, one short word (<c>lease_granted</c>).</param>
    /// <param name="message">Message for people.</param>
    /// <param name="fields">Additional fields.</param>
    public void Write(EventLevel level, string @event, string message, params ReadOnlySpan<EventField> fields)
    {
        if (level < Min)
        {
            return;
        }

        try
        {
            if (MayWrite(level))
            {
                Enqueue(Line(level, @event, message, fields));
                Export?.Take(level, @event, message, fields);
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException)
        {
            // A field that cannot be written must not drop its event.
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>
    /// Waits until the queue is written, at most <paramref name="limit"/>. False on timeout. For the moment before an exec or exit.
    /// </summary>
    public bool Flush(TimeSpan limit)
    {
        var began = _time.GetTimestamp();
        lock (_lines)
        {
            while (_lines.Count > 0 || _busy)
            {
                var left = limit - _time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_lines, left))
                {
                    return _lines.Count == 0 && !_busy;
                }
            }
        }

        return true;
    }

    /// <summary>Writes the queue for at most a second and stops.</summary>
    public void Dispose()
    {
        lock (_lines)
        {
            _stopping = true;
            Monitor.PulseAll(_lines);
        }

        _writer.Join(TimeSpan.FromSeconds(1));
    }

    private byte[] Line(EventLevel level, string @event, string message, ReadOnlySpan<EventField> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", _time.GetUtcNow());
            json.WriteString("level", WordOf(level));
            json.WriteString("node", _node);
            json.WriteString("role", _role);
            json.WriteString("event", @event);
            json.WriteString("message", message);
            foreach (var field in fields)
            {
                field.WriteTo(json);
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return SafeText.Json(buffer.WrittenSpan).ToArray();
    }

    // Each level has its own limit: a flood of warnings hides no error.
    private bool MayWrite(EventLevel level)
    {
        if (MaxPerSecond is not { } most)
        {
            return true;
        }

        lock (_lines)
        {
            TellSuppressed(evenNow: false);
            if (_counts[(int)level] < most)
            {
                _counts[(int)level]++;
                return true;
            }

            if (++_suppressed == 1)
            {
                Monitor.PulseAll(_lines); // wakes the writer for the line about lost events
            }

            return false;
        }
    }

    // One line at the end of the second. Called under the lock.
    private void TellSuppressed(bool evenNow)
    {
        var second = _time.GetTimestamp() / _time.TimestampFrequency;
        if (second == _second && !evenNow)
        {
            return;
        }

        _second = second;
        Array.Clear(_counts);
        if (_suppressed > 0)
        {
            var count = _suppressed;
            _suppressed = 0;
            var message = string.Create(
                CultureInfo.InvariantCulture, $"{count} events were dropped; logs.maxEventsPerSecond is {MaxPerSecond}");
            _lines.Enqueue(Line(EventLevel.Warning, "events_suppressed", message, [("count", count)]));
        }
    }

    private void Enqueue(byte[] line)
    {
        lock (_lines)
        {
            if (_lines.Count >= Capacity || _stopping)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            _lines.Enqueue(line);
            Monitor.PulseAll(_lines);
        }
    }

    private void Drain()
    {
        while (Next() is { } line)
        {
            try
            {
                // One write per line: guard and worker share a pipe, and lines must not mix.
                _sink.Write(line);
                _sink.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or NotSupportedException or UnauthorizedAccessException)
            {
                Interlocked.Increment(ref _dropped);
            }
        }
    }

    private byte[]? Next()
    {
        lock (_lines)
        {
            _busy = false;
            Monitor.PulseAll(_lines);
            while (_lines.Count == 0)
            {
                if (_suppressed > 0)
                {
                    TellSuppressed(evenNow: _stopping);
                    _ = _suppressed == 0 || Monitor.Wait(_lines, TimeSpan.FromMilliseconds(100));
                    continue;
                }

                if (_stopping)
                {
                    return null;
                }

                Monitor.Wait(_lines);
            }

            _busy = true;
            return _lines.Dequeue();
        }
    }

    private static string WordOf(EventLevel level) => level switch
    {
        EventLevel.Debug => "debug",
        EventLevel.Info => "info",
        EventLevel.Warning => "warning",
        _ => "error",
    };
}
