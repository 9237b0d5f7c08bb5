using GatewayMesh.Proxy.AdaptiveConcurrency;

namespace GatewayMesh.Proxy.Limits;

/// <summary>The place that a request has under the limits of its service. End it exactly once; the default one holds nothing.</summary>
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

    /// <summary>A place among the calls to <paramref name="service"/>.</summary>
    public static LimitLease Call(ServiceLimits service) => new(service, null);

    /// <summary>A place among what an application works on.</summary>
    public static LimitLease Work(AdaptiveLimit limit) => new(null, limit);

    /// <summary>A further attempt begins: takes a place among the retries, once for the request. False when none is free.</summary>
    public bool TryBeginRetry()
    {
        if (_service is null || _isRetry)
        {
            return true;
        }

        return _isRetry = _service.TryBeginRetry();
    }

    /// <summary>The request is over.</summary>
    /// <param name="began">When it began (timestamp).</param>
    /// <param name="took">How long its answer took; null when there was none of the application.</param>
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
