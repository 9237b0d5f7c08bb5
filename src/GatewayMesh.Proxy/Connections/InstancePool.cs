namespace GatewayMesh.Proxy.Connections;

/// <summary>
/// Idle HTTP/1.1 connections to one instance, the most recently used first. A connection that the instance has closed, or on which
/// unexpected bytes arrived, is dropped before a request uses it.
/// </summary>
/// <param name="connect">Makes a connection.</param>
/// <param name="idle">Time after which an idle connection is closed.</param>
/// <param name="time">The clock.</param>
internal sealed class InstancePool(Func<TimeSpan, CancellationToken, ValueTask<IByteChannel>> connect, TimeSpan idle, TimeProvider time)
{
    /// <summary>Maximum idle time of a connection that carries a request which must not be sent twice: 2 s.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly List<(InstanceConnection Connection, long Since)> _idle = [];
    private ITimer? _sweep;
    private bool _isClosed;

    /// <summary>Returns an idle connection, or null.</summary>
    /// <param name="isRepeatable">True if the request may be sent twice, so that any silent connection will do.</param>
    public InstanceConnection? TryTake(bool isRepeatable)
    {
        while (true)
        {
            InstanceConnection taken;
            long since;
            lock (_gate)
            {
                if (_idle.Count == 0)
                {
                    return null;
                }

                (taken, since) = _idle[^1];
                if (!isRepeatable && time.GetElapsedTime(since) > FreshFor)
                {
                    return null;
                }

                _idle.RemoveAt(_idle.Count - 1);
            }

            if (taken.IsSilent && time.GetElapsedTime(since) < LimitOf(taken))
            {
                taken.IsReused = true;
                return taken;
            }

            _ = CloseAsync(taken);
        }
    }

    /// <summary>Makes a connection.</summary>
    /// <param name="timeout">Connect timeout.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    public async ValueTask<InstanceConnection> ConnectAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        new(await connect(timeout, cancellationToken).ConfigureAwait(false));

    /// <summary>Keeps a connection whose response is complete for the next request.</summary>
    public void Return(InstanceConnection connection)
    {
        connection.Watch();
        lock (_gate)
        {
            if (!_isClosed)
            {
                _idle.Add((connection, time.GetTimestamp()));
                _sweep ??= time.CreateTimer(static pool => ((InstancePool)pool!).Sweep(), this, idle, idle);
                return;
            }
        }

        _ = CloseAsync(connection);
    }

    /// <summary>Closes the idle connections; running requests finish, and their connections are closed afterwards.</summary>
    public void Close()
    {
        (InstanceConnection Connection, long Since)[] all;
        lock (_gate)
        {
            _isClosed = true;
            _sweep?.Dispose();
            all = [.. _idle];
            _idle.Clear();
        }

        foreach (var (connection, _) in all)
        {
            _ = CloseAsync(connection);
        }
    }

    private TimeSpan LimitOf(InstanceConnection connection) =>
        connection.IdleTimeout is { } announced && announced - TimeSpan.FromSeconds(1) < idle ? announced - TimeSpan.FromSeconds(1) : idle;

    private void Sweep()
    {
        List<InstanceConnection> old = [];
        lock (_gate)
        {
            _idle.RemoveAll(each =>
            {
                var isOld = !each.Connection.IsSilent || time.GetElapsedTime(each.Since) >= LimitOf(each.Connection);
                if (isOld)
                {
                    old.Add(each.Connection);
                }

                return isOld;
            });
        }

        old.ForEach(static connection => _ = CloseAsync(connection));
    }

    private static async Task CloseAsync(InstanceConnection connection)
    {
        try
        {
            await connection.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
        }
    }
}
