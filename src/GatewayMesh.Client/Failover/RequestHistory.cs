namespace GatewayMesh.Client.Failover;

/// <summary>
/// The attempts of one request message so far. Stored in the message's options, so that a retry strategy above the handler, which sends the
/// same message or a copy of its options again, does not multiply attempts.
/// </summary>
internal sealed class RequestHistory
{
    private static readonly HttpRequestOptionsKey<RequestHistory> Key = new("gatewaymesh-history");
    private int _attempts;
    private int _mayHaveRun;

    /// <summary>Number of started attempts.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>True if an attempt is in progress, or ended so that an application may have seen the request.</summary>
    public bool MayHaveRun => Volatile.Read(ref _mayHaveRun) > 0;

    /// <summary>The history of a message; empty at its first call.</summary>
    public static RequestHistory Of(HttpRequestMessage request)
    {
        if (!request.Options.TryGetValue(Key, out var history))
        {
            request.Options.Set(Key, history = new RequestHistory());
        }

        return history;
    }

    /// <summary>Starts an attempt and returns its number, from 1.</summary>
    public int Begin()
    {
        Interlocked.Increment(ref _mayHaveRun);
        return Interlocked.Increment(ref _attempts);
    }

    /// <summary>Ends an attempt.</summary>
    public void End(bool wasAttempt, bool mayHaveRun)
    {
        if (!wasAttempt)
        {
            Interlocked.Decrement(ref _attempts);
        }

        if (!mayHaveRun)
        {
            Interlocked.Decrement(ref _mayHaveRun);
        }
    }
}
