using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Connections;

/// <summary>
/// Idle HTTP/1.1 connections of one loop to one instance, the most recently used first. A connection that the instance has closed, or on
/// which unexpected bytes arrived, is closed at once. Used on the loop's thread only.
/// </summary>
/// <param name="loop">The loop.</param>
/// <param name="connect">Makes a connection.</param>
/// <param name="idle">Time after which an idle connection is closed.</param>
internal sealed class InstancePool(EventLoop loop, Connect connect, TimeSpan idle)
{
    /// <summary>Maximum idle time of a connection that carries a request which must not be sent twice: 2 s.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    private readonly List<InstanceConnection> _idle = [];
    private LoopTimer? _sweep;
    private bool _isClosed;

    /// <summary>Returns an idle connection, or null.</summary>
    /// <param name="isRepeatable">True if the request may be sent twice, so that any silent connection will do.</param>
    public InstanceConnection? TryTake(bool isRepeatable)
    {
        while (_idle.Count > 0)
        {
            var taken = _idle[^1];
            var since = loop.Time.GetElapsedTime(taken.IdleSince);
            if (!isRepeatable && since > FreshFor)
            {
                return null;
            }

            _idle.RemoveAt(_idle.Count - 1);
            taken.Pool = null;
            if (since < LimitOf(taken) && taken.IsSilent(isCertain: !isRepeatable))
            {
                taken.IsReused = true;
                return taken;
            }

            taken.Close();
        }

        return null;
    }

    /// <summary>Makes a connection.</summary>
    /// <param name="timeout">Connect timeout.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    public async ValueTask<InstanceConnection> ConnectAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        new(await connect(loop, timeout, cancellationToken).ConfigureAwait(false));

    /// <summary>Keeps a connection whose response is complete for the next request.</summary>
    public void Return(InstanceConnection connection)
    {
        if (_isClosed || loop.HasEnded)
        {
            connection.Close();
            return;
        }

        connection.IdleSince = loop.Time.GetTimestamp();
        connection.Pool = this;
        _idle.Add(connection);
        _sweep ??= new LoopTimer(static pool => ((InstancePool)pool!).Sweep(), this);
        if (!_sweep.IsSet)
        {
            loop.Timers.Set(_sweep, idle);
        }
    }

    /// <summary>Closes an idle connection on which something arrived.</summary>
    public void Remove(InstanceConnection connection)
    {
        if (_idle.Remove(connection))
        {
            connection.Pool = null;
            connection.Close();
        }
    }

    /// <summary>Closes the idle connections; running requests finish, and their connections are closed afterwards.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var connection in _idle)
        {
            connection.Pool = null;
            connection.Close();
        }

        _idle.Clear();
        if (_sweep is not null)
        {
            loop.Timers.Cancel(_sweep);
        }
    }

    private TimeSpan LimitOf(InstanceConnection connection) =>
        connection.IdleTimeout is { } announced && announced - TimeSpan.FromSeconds(1) < idle ? announced - TimeSpan.FromSeconds(1) : idle;

    // The oldest come first.
    private void Sweep()
    {
        var old = 0;
        while (old < _idle.Count && loop.Time.GetElapsedTime(_idle[old].IdleSince) >= LimitOf(_idle[old]))
        {
            _idle[old].Pool = null;
            _idle[old++].Close();
        }

        _idle.RemoveRange(0, old);
        if (_idle.Count > 0)
        {
            loop.Timers.Set(_sweep!, LimitOf(_idle[0]) - loop.Time.GetElapsedTime(_idle[0].IdleSince));
        }
    }
}
