using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Shedding;

namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// Live state of one service's limits: this process's calls to the service, and requests at the application that this sidecar fronts. Lives
/// as long as the service is in the snapshot. Counts survive every policy change; circuit breaker and adaptive limit restart only if their
/// own part of the policy changes.
/// </summary>
internal sealed class ServiceLimits : IDisposable
{
    private readonly Lock _declaring = new();
    private readonly TimeProvider _time;
    private readonly SplitMix _random;
    private DeclaredLimits _declared;
    private Breaker? _breaker;
    private RunningLimit? _adaptive;
    private PermitCount _calls;
    private int _retries;
    private int _mirrors;
    private bool _disposed;

    public ServiceLimits(string service, PolicyModel policy, TimeProvider time, SplitMix random, Refusals refusals)
    {
        Service = service;
        Refusals = refusals;
        _time = time;
        _random = random;
        Http1 = new ConnectionPermits(policy.Limits.MaxConnections);
        Http2 = new ConnectionPermits(policy.Limits.MaxConnections);
        _declared = null!;
        Declare(policy);
    }

    /// <summary>Name of the service.</summary>
    public string Service { get; }

    /// <summary>Counter of refusals.</summary>
    public Refusals Refusals { get; }

    /// <summary>Declared limits.</summary>
    public LimitsModel Model => Volatile.Read(ref _declared).Policy.Limits;

    /// <summary>Calls in flight.</summary>
    public int Calls => _calls.Taken;

    /// <summary>Calls in flight that are retries.</summary>
    public int Retries => Volatile.Read(ref _retries);

    /// <summary>Copies of calls in flight.</summary>
    public int Mirrors => Volatile.Read(ref _mirrors);

    /// <summary>Connections in use by HTTP/1.1 requests, and the requests that wait for a connection.</summary>
    public ConnectionPermits Http1 { get; }

    /// <summary>Open connections of HTTP/2.</summary>
    public ConnectionPermits Http2 { get; }

    /// <summary>Circuit breaker; null if the policy has none.</summary>
    public Breaker? Breaker => Volatile.Read(ref _breaker);

    /// <summary>Measured limit after the first request asked for it; null before that, and if the policy has none.</summary>
    public AdaptiveLimit? Found => Volatile.Read(ref _adaptive)?.Limit;

    /// <summary>Takes a permit for a call to the service.</summary>
    public LimitVerdict TryEnterCall(Criticality criticality) => _calls.TryEnter(Volatile.Read(ref _declared).Calls, criticality);

    /// <summary>Ends a call.</summary>
    public void LeaveCall() => _calls.Leave();

    /// <summary>Takes a permit for a retried call.</summary>
    public bool TryBeginRetry()
    {
        var taken = Interlocked.Increment(ref _retries);
        if (Model.MaxConcurrentRetries is not { } most || taken <= most)
        {
            return true;
        }

        EndRetry();
        return false;
    }

    /// <summary>Ends a retried call.</summary>
    public void EndRetry() => Interlocked.Decrement(ref _retries);

    /// <summary>Takes a permit for a copy of a call (<c>mirror</c>); false if <paramref name="most"/> copies are in flight.</summary>
    public bool TryBeginMirror(int most)
    {
        if (Interlocked.Increment(ref _mirrors) <= most)
        {
            return true;
        }

        EndMirror();
        return false;
    }

    /// <summary>Ends a copy of a call.</summary>
    public void EndMirror() => Interlocked.Decrement(ref _mirrors);

    /// <summary>Returns the concurrency limit of the application, created by the first request; null if the policy has none.</summary>
    public AdaptiveLimit? Work() =>
        Volatile.Read(ref _adaptive) is { } running ? running.Limit
        : Volatile.Read(ref _declared).Policy.AdaptiveConcurrency.Enabled ? Begin() : null;

    /// <summary>Applies a new policy.</summary>
    public void Declare(PolicyModel policy)
    {
        lock (_declaring)
        {
            Volatile.Write(
                ref _declared, new DeclaredLimits(policy, Permits.OfNumber(policy.Limits.MaxConcurrentRequests, policy.Shedding)));
            Http1.Declare(policy.Limits.MaxConnections);
            Http2.Declare(policy.Limits.MaxConnections);
            if (_breaker?.Model != policy.Limits.Breaker)
            {
                Volatile.Write(ref _breaker, policy.Limits.Breaker.Enabled ? new Breaker(policy.Limits.Breaker, _time) : null);
            }

            if (_adaptive is { } running
                && (running.Limit.Model != policy.AdaptiveConcurrency || running.Limit.Shedding != policy.Shedding))
            {
                Volatile.Write(ref _adaptive, null);
                running.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_declaring)
        {
            _disposed = true;
            _adaptive?.Dispose();
            _adaptive = null;
        }
    }

    private AdaptiveLimit? Begin()
    {
        lock (_declaring)
        {
            var policy = _declared.Policy;
            if (_adaptive is null && policy.AdaptiveConcurrency.Enabled && !_disposed)
            {
                _adaptive = new RunningLimit(new AdaptiveLimit(policy.AdaptiveConcurrency, policy.Shedding, _time, _random), _time);
            }

            return _adaptive?.Limit;
        }
    }

    private sealed record DeclaredLimits(PolicyModel Policy, Permits Calls);
}
