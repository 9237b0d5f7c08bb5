namespace GatewayMesh.Client.Failover;

/// <summary>
/// What became of one request message so far. It stays with the message, so that a retry strategy in front of the handler, which sends the same
/// message (or a copy of its options) again, does not multiply attempts.
/// </summary>
internal sealed class RequestHistory
{
    private static readonly HttpRequestOptionsKey<RequestHistory> Key = new("gatewaymesh-history");
    private int _attempts;
    private int _mayHaveRun;

    /// <summary>Attempts begun.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>An attempt is under way, or ended in a way that may have let an application see the request.</summary>
    public bool MayHaveRun => Volatile.Read(ref _mayHaveRun) > 0;

    /// <summary>The history of a message; an empty one at its first call.</summary>
    public static RequestHistory Of(HttpRequestMessage request)
    {
        if (!request.Options.TryGetValue(Key, out var history))
        {
            request.Options.Set(Key, history = new RequestHistory());
        }

        return history;
    }

    /// <summary>Begins an attempt; its number, from 1.</summary>
    public int Begin()
    {
        Interlocked.Increment(ref _mayHaveRun);
        return Interlocked.Increment(ref _attempts);
    }

    /// <summary>Ends it.</summary>
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
