using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Events;

/// <summary>
/// What happens to the mesh, as JSON lines: <c>{"time","level","node","role","event","message",…}</c>. For guard and worker alike. A bounded queue
/// and a thread of its own: a standard error that nobody reads costs lines, never the caller's time. Never throws.
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

    /// <summary>Begins to write.</summary>
    /// <param name="node">Name of this node.</param>
    /// <param name="role">What this process is: <c>guard</c>, <c>worker</c>, <c>gateway</c>, …</param>
    /// <param name="sink">Where lines go. Default: standard error.</param>
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

    /// <summary>The least level that is written. Default: <see cref="EventLevel.Info"/>.</summary>
    public EventLevel Least { get; set; } = EventLevel.Info;

    /// <summary>Events of one level in a second of the clock; those beyond are counted in one line. Null for no limit. Default: 100.</summary>
    public int? MaxPerSecond { get; set; } = 100;

    /// <summary>Lines lost because the queue was full or the sink failed.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Something an operator may want to know of.</summary>
    public void Info(string @event, string message, params ReadOnlySpan<EventField> fields) => Write(EventLevel.Info, @event, message, fields);

    /// <summary>Something is wrong and is being coped with.</summary>
    public void Warning(string @event, string message, params ReadOnlySpan<EventField> fields) => Write(EventLevel.Warning, @event, message, fields);

    /// <summary>Something is wrong and somebody must act.</summary>
    public void Error(string @event, string message, params ReadOnlySpan<EventField> fields) => Write(EventLevel.Error, @event, message, fields);

    /// <summary>Queues a line.</summary>
    /// <param name="level">How much it matters.</param>
    /// <param name="event">What happened, as one short word (<c>lease_granted</c>): what a machine looks for.</param>
    /// <param name="message">The same as a sentence.</param>
    /// <param name="fields">Further fields.</param>
    public void Write(EventLevel level, string @event, string message, params ReadOnlySpan<EventField> fields)
    {
        if (level < Least)
        {
            return;
        }

        try
        {
            if (MayWrite(level))
            {
                Enqueue(Line(level, @event, message, fields));
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException)
        {
            // A field that cannot be written must not end what it tells of.
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Waits until all is written, at most <paramref name="limit"/>; false when it is not. For the moment before an exec or exit.</summary>
    public bool Flush(TimeSpan limit)
    {
        var end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        lock (_lines)
        {
            while (_lines.Count > 0 || _busy)
            {
                var left = end - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_lines, TimeSpan.FromMilliseconds(left)))
                {
                    return _lines.Count == 0 && !_busy;
                }
            }
        }

        return true;
    }

    /// <summary>Writes what waits, for at most a second, and stops.</summary>
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

    // Each level has the rate for itself: a flood of warnings hides no error.
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
                Monitor.PulseAll(_lines); // the writer wakes up for the line that tells of them
            }

            return false;
        }
    }

    // One line when the second is over. Under the lock.
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
            var message = string.Create(CultureInfo.InvariantCulture, $"{count} events were left out; logs.maxEventsPerSecond is {MaxPerSecond}");
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
                // One write a line: lines of guard and worker share a pipe and must not mix.
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
