namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// State of an exchange: true while a request is running and may be inspected from another thread. Costs two interlocked steps per request.
/// The end of a request waits only during an inspection, for microseconds; inspections happen when intentions change.
/// </summary>
internal struct ExchangeGuard
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int LookedAt = 2;

    private int _state;
    private int _looker;

    /// <summary>Marks the request as running.</summary>
    public void Enter()
    {
        var wait = new SpinWait();
        while (Interlocked.CompareExchange(ref _state, Running, Idle) != Idle)
        {
            wait.SpinOnce();
        }
    }

    /// <summary>Marks the request as over. Waits for an inspection in progress, unless this thread's own inspection led here.</summary>
    public void Leave()
    {
        var wait = new SpinWait();
        while (Volatile.Read(ref _state) != Idle && Interlocked.CompareExchange(ref _state, Idle, Running) != Running)
        {
            if (Volatile.Read(ref _looker) == Environment.CurrentManagedThreadId)
            {
                Volatile.Write(ref _looker, 0);
                Volatile.Write(ref _state, Idle);
                return;
            }

            wait.SpinOnce();
        }
    }

    /// <summary>
    /// Holds a running request for inspection; false if no request is running. <see cref="EndLook"/> releases the request.
    /// </summary>
    public bool TryLook()
    {
        if (Interlocked.CompareExchange(ref _state, LookedAt, Running) != Running)
        {
            return false;
        }

        Volatile.Write(ref _looker, Environment.CurrentManagedThreadId);
        return true;
    }

    /// <summary>Releases the request after an inspection.</summary>
    public void EndLook()
    {
        if (Volatile.Read(ref _looker) == Environment.CurrentManagedThreadId)
        {
            Volatile.Write(ref _looker, 0);
            Volatile.Write(ref _state, Running);
        }
    }

    /// <summary>
    /// Holds an idle exchange so that no request can start; false if the exchange is not idle. <see cref="EndHold"/> releases the exchange.
    /// </summary>
    public bool TryHoldIdle() => Interlocked.CompareExchange(ref _state, LookedAt, Idle) == Idle;

    /// <summary>Releases an exchange held while idle.</summary>
    public void EndHold() => Volatile.Write(ref _state, Idle);
}
