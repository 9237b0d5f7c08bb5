using System.Net;
using System.Net.Sockets;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Probing;

/// <summary>
/// Sends small requests through a worker's real data path: guard → probe listener → parser, pipeline, forwarder → the guard's
/// <see cref="ProbeUpstream"/> → back. Runs in the guard's poll loop, without a thread. While the worker serves traffic on every loop, most
/// probes are left out.
/// </summary>
/// <param name="probeListener">Address of the worker's probe listener.</param>
/// <param name="interval">Time between two probes.</param>
/// <param name="timeout">Time after which a probe has failed.</param>
/// <param name="hasServed">
/// True if the worker has served traffic on every loop since the previous call; null: every probe is sent.
/// </param>
internal sealed class Prober(IPEndPoint probeListener, TimeSpan interval, TimeSpan timeout, Func<bool>? hasServed = null) : IDisposable
{
    /// <summary>Maximum number of probes in a row that traffic replaces: 9, so that one is sent each second by default.</summary>
    internal const int MaxReplaced = 9;

    private readonly byte[] _answer = new byte[4096];
    private Socket? _connection;
    private int _filled;
    private int _index;
    private int _replaced = MaxReplaced; // until a probe passes
    private TimeSpan _nextAt;
    private TimeSpan? _deadline;

    private static ReadOnlySpan<byte> Request => "GET /.well-known/gatewaymesh/probe HTTP/1.1\r\nHost: probe\r\n\r\n"u8;

    /// <summary>Latest time of the next <see cref="Advance"/> call.</summary>
    internal TimeSpan WakeAt => _deadline ?? _nextAt;

    internal void AddTo(PollSet poll) => _index = _connection is null || _deadline is null ? -1 : poll.Add((int)_connection.Handle);

    /// <summary>Drops the current probe: its result would be meaningless.</summary>
    internal void Discard(TimeSpan now)
    {
        if (_deadline is not null)
        {
            Disconnect();
            _nextAt = now;
        }
    }

    /// <summary>Probes without waiting for the interval: something looks wrong.</summary>
    internal void ProbeNow(TimeSpan now) => (_nextAt, _replaced) = (now < _nextAt ? now : _nextAt, MaxReplaced);

    /// <summary>Continues with ready descriptors and due times.</summary>
    internal WorkerProbeResult Advance(PollSet poll, TimeSpan now)
    {
        if (_deadline is { } deadline)
        {
            if (_index >= 0 && poll.IsReady(_index))
            {
                return Read(now);
            }

            return now >= deadline ? Fail(WorkerProbeResult.TimedOut, now) : WorkerProbeResult.None;
        }

        if (now < _nextAt)
        {
            return WorkerProbeResult.None;
        }

        if (_replaced < MaxReplaced && hasServed?.Invoke() == true)
        {
            _replaced++;
            _nextAt = now + interval;
            return WorkerProbeResult.None;
        }

        return Send(now);
    }

    public void Dispose() => _connection?.Dispose();

    private WorkerProbeResult Send(TimeSpan now)
    {
        // Closed between two probes, which a server may do: not a response to a probe.
        if (_connection?.Poll(0, SelectMode.SelectRead) == true)
        {
            Disconnect();
        }

        _filled = 0;
        _deadline = now + timeout;
        try
        {
            if (_connection is null)
            {
                // On loopback a connect completes at once: queued, or refused.
                _connection = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                _connection.Connect(probeListener);
                _connection.Blocking = false;
            }

            _connection.Send(Request, SocketFlags.None, out var error);
            return error == SocketError.Success ? WorkerProbeResult.None : Fail(WorkerProbeResult.AnsweredBadly, now);
        }
        catch (SocketException)
        {
            return Fail(WorkerProbeResult.AnsweredBadly, now);
        }
    }

    private WorkerProbeResult Read(TimeSpan now)
    {
        var count = _connection!.Receive(_answer.AsSpan(_filled), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return WorkerProbeResult.None;
        }

        _filled += Math.Max(0, count);
        var answer = _answer.AsSpan(0, _filled);
        if (error != SocketError.Success || count == 0 || _filled == _answer.Length
            || (_filled >= 12 && !answer.StartsWith("HTTP/1.1 200"u8)))
        {
            return Fail(WorkerProbeResult.AnsweredBadly, now);
        }

        if (!answer.EndsWith(ProbeUpstream.Body))
        {
            return WorkerProbeResult.None;
        }

        _deadline = null;
        _replaced = 0;
        _ = hasServed?.Invoke(); // the probe itself does not count as traffic
        _nextAt = now + interval;
        return WorkerProbeResult.Passed;
    }

    // The next probe follows at once on a new connection: this one may be stuck, or its late response be mistaken for the next one's.
    // An error response is quick, so there the interval applies.
    private WorkerProbeResult Fail(WorkerProbeResult result, TimeSpan now)
    {
        Disconnect();
        _replaced = MaxReplaced;
        _nextAt = result == WorkerProbeResult.TimedOut ? now : now + interval;
        return result;
    }

    private void Disconnect()
    {
        _connection?.Dispose();
        _connection = null;
        _deadline = null;
    }
}
