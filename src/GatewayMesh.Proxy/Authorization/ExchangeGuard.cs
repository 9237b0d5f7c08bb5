namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// Whether an exchange is under way and may be looked at from another thread. Two interlocked steps a request; only while somebody looks, which is when
/// intentions change, does the end of a request wait, for microseconds.
/// </summary>
internal struct ExchangeGuard
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int LookedAt = 2;

    private int _state;
    private int _looker;

    /// <summary>The request is under way from here on.</summary>
    public void Enter()
    {
        var wait = new SpinWait();
        while (Interlocked.CompareExchange(ref _state, Running, Idle) != Idle)
        {
            wait.SpinOnce();
        }
    }

    /// <summary>The request is over. Waits for who looks at it, unless that is this very thread, whose look has led here.</summary>
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

    /// <summary>Holds it where it is; false when no request is under way. <see cref="EndLook"/> lets it go.</summary>
    public bool TryLook()
    {
        if (Interlocked.CompareExchange(ref _state, LookedAt, Running) != Running)
        {
            return false;
        }

        Volatile.Write(ref _looker, Environment.CurrentManagedThreadId);
        return true;
    }

    /// <summary>Lets it go on.</summary>
    public void EndLook()
    {
        if (Volatile.Read(ref _looker) == Environment.CurrentManagedThreadId)
        {
            Volatile.Write(ref _looker, 0);
            Volatile.Write(ref _state, Running);
        }
    }

    /// <summary>Holds one that is idle, so that it cannot begin; false when it is not. <see cref="EndHold"/> lets it go.</summary>
    public bool TryHoldIdle() => Interlocked.CompareExchange(ref _state, LookedAt, Idle) == Idle;

    /// <summary>Lets it begin again.</summary>
    public void EndHold() => Volatile.Write(ref _state, Idle);
}
