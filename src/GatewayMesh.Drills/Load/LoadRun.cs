using System.Globalization;
using System.Text;
using GatewayMesh.Linux;

namespace GatewayMesh.Drills.Load;

/// <summary>
/// Puts a load on a mesh: one thread, one <c>poll</c> over all connections, no allocation per request.
/// The load shares the machine with the measured mesh, so it must be cheap.
/// </summary>
internal sealed class LoadRun
{
    private const long LongestWait = 50_000;

    private readonly LoadSpec _spec;
    private readonly ISampleSink _sink;
    private readonly TimeProvider _time;
    private readonly Schedule _schedule;
    private readonly LoadConnection[] _connections;
    private readonly Queue<LoadConnection> _free;
    private readonly PollEntry[] _polled;
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly long _timeout;
    private readonly Thread _thread;
    private long _started;
    private long _next;
    private volatile bool _stopping;

    /// <summary>Creates a load. Samples go to <paramref name="sink"/>.</summary>
    public LoadRun(LoadSpec spec, ISampleSink sink, TimeProvider time)
    {
        (_spec, _sink, _time) = (spec, sink, time);
        _schedule = new Schedule(spec.Rate, spec.Duration);
        _timeout = (long)spec.Timeout.TotalMicroseconds;
        var request = Encoding.ASCII.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture, $"GET {spec.Path} HTTP/1.1\r\nHost: {spec.Host}\r\nUser-Agent: gatewaymesh-drill\r\n\r\n"));
        _connections = [.. Enumerable.Range(0, spec.Connections).Select(_ => new LoadConnection(spec.Target, request))];
        _free = new Queue<LoadConnection>(_connections);
        _polled = new PollEntry[spec.Connections];
        _thread = new Thread(Loop) { Name = "load", IsBackground = true };
    }

    /// <summary>The response paths seen.</summary>
    public AnswerPaths Paths { get; } = new();

    /// <summary>Microseconds since the start.</summary>
    public long Now => (long)_time.GetElapsedTime(_started).TotalMicroseconds;

    /// <summary>Opens the connections and starts the load.</summary>
    public void Start()
    {
        foreach (var connection in _connections)
        {
            connection.Open();
        }

        _started = _time.GetTimestamp();
        _thread.Start();
    }

    /// <summary>Starts no further requests and waits for those in flight.</summary>
    public void Stop() => _stopping = true;

    /// <summary>Waits for the last request to end. Returns at once if the load was never started.</summary>
    public void Join()
    {
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _thread.Join();
        }
    }

    private void Loop()
    {
        while (true)
        {
            var now = Now;
            Dispatch(now);
            var more = !_stopping && _next < _schedule.Count;
            var deadline = Expire(now);
            if (!more && deadline == long.MaxValue)
            {
                break;
            }

            var due = more && _free.Count > 0 ? _schedule.DueAt(_next) : long.MaxValue;
            Wait(Math.Clamp(Math.Min(due, deadline) - Now, 0, LongestWait));
        }

        foreach (var connection in _connections)
        {
            connection.Close();
        }
    }

    private void Dispatch(long now)
    {
        while (!_stopping && _next < _schedule.Count && _schedule.DueAt(_next) is var due && due <= now)
        {
            if (due + _timeout <= now)
            {
                // The request never found a free connection; its user has given up.
                _sink.Add(new Sample(due, now, now, LoadOutcome.TimedOut));
            }
            else if (_free.TryDequeue(out var connection))
            {
                Settle(connection, connection.Begin(due, Now));
            }
            else
            {
                return;
            }

            _next++;
        }
    }

    // Ends overdue requests. Returns the next deadline, or MaxValue when no request is in flight.
    private long Expire(long now)
    {
        var next = long.MaxValue;
        foreach (var connection in _connections)
        {
            if (connection.IsBusy && connection.Intended + _timeout <= now)
            {
                Settle(connection, connection.Abandon());
            }
            else if (connection.IsBusy)
            {
                next = Math.Min(next, connection.Intended + _timeout);
            }
        }

        return next;
    }

    private void Wait(long microseconds)
    {
        for (var i = 0; i < _connections.Length; i++)
        {
            _polled[i] = new PollEntry { Descriptor = _connections[i].Descriptor, Wanted = _connections[i].Wanted };
        }

        ClientSocket.Poll(_polled, microseconds);
        for (var i = 0; i < _connections.Length; i++)
        {
            if (_polled[i].Ready != 0)
            {
                Settle(_connections[i], _connections[i].Proceed(_buffer));
            }
        }
    }

    private void Settle(LoadConnection connection, LoadOutcome? outcome)
    {
        while (_spec.Replay && outcome is LoadOutcome.Refused or LoadOutcome.Lost && !connection.Replayed)
        {
            // One immediate retry on a new connection, as a plain client with one retry would do.
            outcome = connection.Begin(connection.Intended, connection.Sent, replayed: true);
        }

        if (outcome is not { } ended)
        {
            return;
        }

        var answered = ended is LoadOutcome.Ok or LoadOutcome.ServerError or LoadOutcome.ClientError;
        var (path, gateway) = answered ? Paths.Find(connection.Response.Via) : default;
        _sink.Add(new Sample(connection.Intended, connection.Sent, Now, ended)
        {
            Path = path,
            Status = (ushort)(answered ? connection.Response.Status : 0),
            ThroughGateway = gateway,
            Replayed = connection.Replayed,
        });
        _free.Enqueue(connection);
    }
}
