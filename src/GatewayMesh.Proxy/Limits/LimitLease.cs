using GatewayMesh.Proxy.AdaptiveConcurrency;

namespace GatewayMesh.Proxy.Limits;

/// <summary>Permits of a request under the limits of its service. End the lease exactly once. The default value holds no permit.</summary>
internal struct LimitLease
{
    private readonly ServiceLimits? _service;
    private readonly AdaptiveLimit? _adaptive;
    private bool _isRetry;

    private LimitLease(ServiceLimits? service, AdaptiveLimit? adaptive)
    {
        _service = service;
        _adaptive = adaptive;
    }

    /// <summary>Creates the lease of a call to <paramref name="service"/>.</summary>
    public static LimitLease Call(ServiceLimits service) => new(service, null);

    /// <summary>Creates the lease of a request at this host's application.</summary>
    public static LimitLease Work(AdaptiveLimit limit) => new(null, limit);

    /// <summary>Takes a retry permit for a further attempt, once per request; false if none is free.</summary>
    public bool TryBeginRetry()
    {
        if (_service is null || _isRetry)
        {
            return true;
        }

        return _isRetry = _service.TryBeginRetry();
    }

    /// <summary>Ends the request.</summary>
    /// <param name="began">Start of the request (timestamp).</param>
    /// <param name="took">Latency of the response; null if the application sent none.</param>
    public readonly void End(long began, TimeSpan? took)
    {
        if (_isRetry)
        {
            _service!.EndRetry();
        }

        _service?.LeaveCall();
        _adaptive?.Leave(began, took);
    }
}
