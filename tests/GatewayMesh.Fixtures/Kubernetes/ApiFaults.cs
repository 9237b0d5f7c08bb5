namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Faults of the stub. All off at the start.</summary>
public sealed class ApiFaults
{
    private volatile Func<ApiCall, ApiFailureException?>? _answer;
    private volatile Func<ApiCall, bool>? _hangs;
    private volatile bool _watchListOff;
    private volatile bool _storeFrozen;
    private volatile bool _expired;

    /// <summary>Answers a request with a failure; null: no failure.</summary>
    public Func<ApiCall, ApiFailureException?>? Answer
    {
        get => _answer;
        set => _answer = value;
    }

    /// <summary>Requests that are read and never answered.</summary>
    public Func<ApiCall, bool>? Hangs
    {
        get => _hangs;
        set => _hangs = value;
    }

    /// <summary>A server started without the feature gate WatchList.</summary>
    public bool WatchListOff
    {
        get => _watchListOff;
        set => _watchListOff = value;
    }

    /// <summary>
    /// etcd does not answer: lists and gets from the cache work, consistent ones and writes are 504, streaming lists are 200 and silent,
    /// running watches stay open.
    /// </summary>
    public bool StoreFrozen
    {
        get => _storeFrozen;
        set => _storeFrozen = value;
    }

    /// <summary>Every watch that continues from a version gets 410.</summary>
    public bool Expired
    {
        get => _expired;
        set => _expired = value;
    }
}
