using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Connections;

/// <summary>
/// Idle HTTP/1.1 connections of one loop to one instance, the most recently used first. A connection that the instance has closed, or on
/// which unexpected bytes arrived, is closed at once. Used on the loop's thread only.
/// <code>
/// TryTake    ─► an idle connection
/// ConnectAsync ─► a new connection, or one that another request returns meanwhile: whichever is there first
/// Return     ─► to the request that has waited longest, else idle
/// </code>
/// </summary>
/// <param name="loop">The loop.</param>
/// <param name="connect">Makes a connection.</param>
/// <param name="idle">Time after which an idle connection is closed.</param>
internal sealed class InstancePool(EventLoop loop, Connect connect, TimeSpan idle)
{
    /// <summary>Maximum idle time of a connection that carries a request which must not be sent twice: 2 s.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    /// <summary>Connections that are made at the same time: 128. Further requests wait for one of them, or for a returned one.</summary>
    public const int MaxConnecting = 128;

    private readonly List<InstanceConnection> _idle = [];
    private readonly LinkedList<ConnectionWaiter> _waiting = [];
    private readonly Queue<ConnectionWaiter> _withoutAttempt = [];
    private int _connecting;
    private bool _isStarting;
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

    /// <summary>Loop of the connections.</summary>
    public EventLoop Loop => loop;

    /// <summary>Makes a connection, unless one is returned before.</summary>
    /// <param name="isRepeatable">True if the request may be sent twice.</param>
    /// <param name="timeout">Connect timeout.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ConnectFailedException">No connection was made.</exception>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public async ValueTask<InstanceConnection> ConnectAsync(bool isRepeatable, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var waiter = new ConnectionWaiter(this, isRepeatable, timeout, cancellationToken);
        _waiting.AddLast(waiter.Node);
        _withoutAttempt.Enqueue(waiter);
        loop.Timers.Set(waiter.Timer, timeout);
        StartAttempts();
        var registration = cancellationToken.UnsafeRegister(static waiter => ((ConnectionWaiter)waiter!).Cancel(), waiter);
        await using (registration.ConfigureAwait(false))
        {
            return await waiter.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Keeps a connection whose response is complete for the next request, or hands it to one that waits.</summary>
    public void Return(InstanceConnection connection)
    {
        if (_waiting.First is not null && LimitOf(connection) > TimeSpan.Zero)
        {
            connection.IsReused = true;
            Give(connection);
        }
        else
        {
            Keep(connection);
        }
    }

    /// <summary>Ends the wait of a request at its connect timeout.</summary>
    public void EndWait(ConnectionWaiter waiter)
    {
        if (!waiter.IsOver && waiter.Given is null)
        {
            Leave(waiter);
            waiter.Fail(new ConnectFailedException(ConnectFailure.Timeout, null));
        }
    }

    /// <summary>Removes a request that waits no longer.</summary>
    public void Leave(ConnectionWaiter waiter)
    {
        loop.Timers.Cancel(waiter.Timer);
        if (waiter.Node.List is not null)
        {
            _waiting.Remove(waiter.Node);
        }
    }

    // In the next turn, so that the request that returned the connection ends first.
    private ConnectionWaiter Give(InstanceConnection connection)
    {
        var waiter = _waiting.First!.Value;
        Leave(waiter);
        connection.Pool = null;
        waiter.Given = connection;
        loop.Post(() => HandOver(waiter));
        return waiter;
    }

    private void HandOver(ConnectionWaiter waiter)
    {
        var connection = waiter.Given!;
        waiter.Given = null;
        if (waiter.IsOver)
        {
            Return(connection);
        }
        else if (connection.IsSilent(isCertain: !waiter.IsRepeatable))
        {
            waiter.Complete(connection);
        }
        else
        {
            connection.Close();
            _waiting.AddFirst(waiter.Node);
            StartFor(waiter);
            loop.Timers.Set(waiter.Timer, waiter.Timeout);
            StartAttempts();
        }
    }

    private void StartAttempts()
    {
        if (_isStarting)
        {
            return; // an attempt that failed at once: the loop below continues
        }

        _isStarting = true;
        while (_connecting < MaxConnecting && _withoutAttempt.TryDequeue(out var waiter))
        {
            if (IsWaiting(waiter) && waiter.Attempt is null)
            {
                _connecting++;
                _ = AttemptAsync(new ConnectAttempt(waiter));
            }
        }

        _isStarting = false;
    }

    private void StartFor(ConnectionWaiter waiter)
    {
        if (waiter.Attempt is null)
        {
            _withoutAttempt.Enqueue(waiter);
        }
    }

    private async Task AttemptAsync(ConnectAttempt attempt)
    {
        try
        {
            var connection = new InstanceConnection(await connect(loop, attempt.Timeout, CancellationToken.None).ConfigureAwait(false));
            await loop.SwitchTo();
            _connecting--;
            Succeed(attempt, connection);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            await loop.SwitchTo();
            _connecting--;
            Fail(attempt, failure);
        }

        StartAttempts();
    }

    // The connection is kept if no request waits any more.
    private void Succeed(ConnectAttempt attempt, InstanceConnection connection)
    {
        if (_waiting.First is null)
        {
            attempt.End();
            Keep(connection);
        }
        else if (attempt.GoTo(Give(connection)) is { } left && IsWaiting(left))
        {
            _withoutAttempt.Enqueue(left);
        }
    }

    // A request that has taken over the attempt of another has not had its whole connect timeout, so that it gets an attempt of its own.
    private void Fail(ConnectAttempt attempt, Exception failure)
    {
        var (waiter, isTakenOver) = (attempt.For, attempt.IsTakenOver);
        attempt.End();
        if (waiter is null || !IsWaiting(waiter))
        {
            return;
        }

        if (isTakenOver)
        {
            _withoutAttempt.Enqueue(waiter);
            return;
        }

        Leave(waiter);
        waiter.Fail(failure);
    }

    private static bool IsWaiting(ConnectionWaiter waiter) => !waiter.IsOver && waiter.Given is null;

    private void Keep(InstanceConnection connection)
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
