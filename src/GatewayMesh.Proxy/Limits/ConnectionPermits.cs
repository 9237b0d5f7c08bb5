using System.Diagnostics;

namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// Permits for concurrent connections, with a first-come, first-served queue. Nothing is locked or allocated while a permit is free and no
/// caller waits.
/// </summary>
internal sealed class ConnectionPermits
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _queue = [];
    private int _max;
    private int _taken;
    private int _waiting;

    /// <summary>Creates the given number of permits.</summary>
    public ConnectionPermits(int max) => _max = max;

    /// <summary>Permits taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Number of waiting callers.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Changes the number of permits. Taken permits stay taken; waiting callers receive new ones.</summary>
    public void Declare(int max)
    {
        Volatile.Write(ref _max, max);
        Serve();
    }

    /// <summary>Takes a permit; false if none is free or other callers wait.</summary>
    public bool TryTake() => Volatile.Read(ref _waiting) == 0 && TryCount();

    /// <summary>Takes a permit even if none is free: an instance without any connection gets its first.</summary>
    public void TakeAnyway() => Interlocked.Increment(ref _taken);

    /// <summary>
    /// Queues for a permit. Returns null if <paramref name="most"/> callers already wait. The task's result is true with a permit, false if
    /// one of the tokens fired first.
    /// </summary>
    public Task<bool>? TryWaitAsync(int most, CancellationToken over, CancellationToken gone)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_queue.Count >= most)
            {
                return null;
            }

            waiter = new Waiter(this);
            _queue.AddLast(waiter.Node);
            Interlocked.Increment(ref _waiting);
        }

        // A permit may have been returned between the failed attempt and the enqueue: both sides write, then check.
        Serve();
        waiter.GiveUpOn(over, gone);
        return waiter.Task;
    }

    /// <summary>Returns a permit.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _taken);
        Debug.Assert(left >= 0, "A permit was returned twice.");
        if (Volatile.Read(ref _waiting) > 0)
        {
            Serve();
        }
    }

    private bool TryCount()
    {
        var taken = Volatile.Read(ref _taken);
        while (taken < Volatile.Read(ref _max))
        {
            var seen = Interlocked.CompareExchange(ref _taken, taken + 1, taken);
            if (seen == taken)
            {
                return true;
            }

            taken = seen;
        }

        return false;
    }

    private void Serve()
    {
        while (true)
        {
            Waiter first;
            lock (_gate)
            {
                if (_queue.First is not { } node || !TryCount())
                {
                    return;
                }

                first = node.Value;
                Remove(node);
            }

            first.Settle(served: true);
        }
    }

    private void GiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node.List is null)
            {
                return; // the waiter was served first
            }

            Remove(waiter.Node);
        }

        waiter.Settle(served: false);
    }

    private void Remove(LinkedListNode<Waiter> node)
    {
        _queue.Remove(node);
        Interlocked.Decrement(ref _waiting);
    }

    private sealed class Waiter
    {
        private readonly ConnectionPermits _permits;
        private readonly TaskCompletionSource<bool> _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Waiter(ConnectionPermits permits)
        {
            _permits = permits;
            Node = new LinkedListNode<Waiter>(this);
        }

        public LinkedListNode<Waiter> Node { get; }

        public Task<bool> Task => _served.Task;

        public void GiveUpOn(CancellationToken over, CancellationToken gone)
        {
            var first = over.UnsafeRegister(static state => ((Waiter)state!).GiveUp(), this);
            var second = gone.UnsafeRegister(static state => ((Waiter)state!).GiveUp(), this);
            _ = _served.Task.ContinueWith(
                _ =>
                {
                    first.Unregister();
                    second.Unregister();
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        public void Settle(bool served) => _served.TrySetResult(served);

        private void GiveUp() => _permits.GiveUp(this);
    }
}
