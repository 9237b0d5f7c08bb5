using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Connections;

/// <summary>A request that waits for a connection to an instance. Used on the loop, except for <see cref="Cancel"/>.</summary>
internal sealed class ConnectionWaiter
{
    private readonly TaskCompletionSource<InstanceConnection> _done = new();
    private readonly InstancePool _pool;
    private readonly CancellationToken _cancellationToken;

    /// <summary>Creates a waiter.</summary>
    /// <param name="pool">Pool that it waits at.</param>
    /// <param name="isRepeatable">True if the request may be sent twice.</param>
    /// <param name="timeout">Connect timeout.</param>
    /// <param name="cancellationToken">Token of <see cref="Cancel"/>.</param>
    public ConnectionWaiter(InstancePool pool, bool isRepeatable, TimeSpan timeout, CancellationToken cancellationToken)
    {
        (_pool, IsRepeatable, Timeout, _cancellationToken) = (pool, isRepeatable, timeout, cancellationToken);
        Node = new LinkedListNode<ConnectionWaiter>(this);
        Timer = new LoopTimer(static waiter => ((ConnectionWaiter)waiter!)._pool.EndWait((ConnectionWaiter)waiter), this);
    }

    /// <summary>True if the request may be sent twice, so that any silent connection will do.</summary>
    public bool IsRepeatable { get; }

    /// <summary>Connect timeout.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Timer of the connect timeout.</summary>
    public LoopTimer Timer { get; }

    /// <summary>Location in the pool's list, so that a wait among thousands ends without a search.</summary>
    public LinkedListNode<ConnectionWaiter> Node { get; }

    /// <summary>Connection that is being handed over; null for none.</summary>
    public InstanceConnection? Given { get; set; }

    /// <summary>Attempt to connect that is made for this request; null for none.</summary>
    public ConnectAttempt? Attempt { get; set; }

    /// <summary>True once the wait has an outcome.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The outcome.</summary>
    public Task<InstanceConnection> Task => _done.Task;

    /// <summary>Ends the wait with a connection.</summary>
    public void Complete(InstanceConnection connection)
    {
        IsOver = true;
        _done.SetResult(connection);
    }

    /// <summary>Ends the wait without a connection.</summary>
    public void Fail(Exception failure)
    {
        IsOver = true;
        _done.SetException(failure);
    }

    /// <summary>Ends the wait as canceled. From any thread.</summary>
    public void Cancel() => _pool.Loop.Post(static waiter => ((ConnectionWaiter)waiter!).EndAsCanceled(), this);

    private void EndAsCanceled()
    {
        if (!IsOver)
        {
            _pool.Leave(this);
            Fail(new OperationCanceledException(_cancellationToken));
        }
    }
}
