using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Shedding;

namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// The live side of the limits of one service: what this process has under way to it, and as its sidecar for it. Lives as long as the service stands in the
/// snapshot. Counts go on over every change of the policy; breaker and adaptive limit begin anew only when their own part of it changes.
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

    /// <summary>Where refusals are counted.</summary>
    public Refusals Refusals { get; }

    /// <summary>What is declared.</summary>
    public LimitsModel Model => Volatile.Read(ref _declared).Policy.Limits;

    /// <summary>Calls under way.</summary>
    public int Calls => _calls.Taken;

    /// <summary>Calls under way that are tried again.</summary>
    public int Retries => Volatile.Read(ref _retries);

    /// <summary>Connections that carry a request of HTTP/1.1, and the requests that wait for one.</summary>
    public ConnectionPermits Http1 { get; }

    /// <summary>Open connections of HTTP/2.</summary>
    public ConnectionPermits Http2 { get; }

    /// <summary>The circuit breaker; null where the policy wants none.</summary>
    public Breaker? Breaker => Volatile.Read(ref _breaker);

    /// <summary>The limit that is found by measuring, once a request asked for it; null before, and where the policy wants none.</summary>
    public AdaptiveLimit? Found => Volatile.Read(ref _adaptive)?.Limit;

    /// <summary>A call to the service begins, if there is a place for it.</summary>
    public LimitVerdict TryEnterCall(Criticality criticality) => _calls.TryEnter(Volatile.Read(ref _declared).Calls, criticality);

    /// <summary>A call is over.</summary>
    public void LeaveCall() => _calls.Leave();

    /// <summary>A call is tried again, if there is a place for it.</summary>
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

    /// <summary>A call that was tried again is over.</summary>
    public void EndRetry() => Interlocked.Decrement(ref _retries);

    /// <summary>The limit of what the application works on, made when the first request asks; null where the policy wants none.</summary>
    public AdaptiveLimit? Work() =>
        Volatile.Read(ref _adaptive) is { } running ? running.Limit
        : Volatile.Read(ref _declared).Policy.AdaptiveConcurrency.Enabled ? Begin() : null;

    /// <summary>Another policy holds from now on.</summary>
    public void Declare(PolicyModel policy)
    {
        lock (_declaring)
        {
            Volatile.Write(ref _declared, new DeclaredLimits(policy, Permits.OfNumber(policy.Limits.MaxConcurrentRequests, policy.Shedding)));
            Http1.Declare(policy.Limits.MaxConnections);
            Http2.Declare(policy.Limits.MaxConnections);
            if (_breaker?.Model != policy.Limits.Breaker)
            {
                Volatile.Write(ref _breaker, policy.Limits.Breaker.Enabled ? new Breaker(policy.Limits.Breaker, _time) : null);
            }

            if (_adaptive is { } running && (running.Limit.Model != policy.AdaptiveConcurrency || running.Limit.Shedding != policy.Shedding))
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
