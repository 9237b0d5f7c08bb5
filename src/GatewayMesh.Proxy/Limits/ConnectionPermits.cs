using System.Diagnostics;

namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// Connections that may be used at one time, and those who wait for one, first come, first served. Nothing is locked or allocated while a place is free and
/// nobody waits.
/// </summary>
internal sealed class ConnectionPermits
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _queue = [];
    private int _max;
    private int _taken;
    private int _waiting;

    /// <summary>That many places.</summary>
    public ConnectionPermits(int max) => _max = max;

    /// <summary>Permits taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>How many wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Changes how many there are. What is taken stays; who waits gets what is new.</summary>
    public void Declare(int max)
    {
        Volatile.Write(ref _max, max);
        Serve();
    }

    /// <summary>Takes a place; false when none is free, or others wait for one.</summary>
    public bool TryTake() => Volatile.Read(ref _waiting) == 0 && TryCount();

    /// <summary>Takes a place whether one is free or not: an instance without any connection gets its first.</summary>
    public void TakeAnyway() => Interlocked.Increment(ref _taken);

    /// <summary>
    /// Queues up. Null when <paramref name="most"/> wait already. The task is true with a place; false when one of the tokens fired first.
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

        // A place may have been given back between the look that found none and the queue: both sides write, then look.
        Serve();
        waiter.GiveUpOn(over, gone);
        return waiter.Task;
    }

    /// <summary>Gives a place back.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _taken);
        Debug.Assert(left >= 0, "A place was given back twice.");
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
                return; // it was served first
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
