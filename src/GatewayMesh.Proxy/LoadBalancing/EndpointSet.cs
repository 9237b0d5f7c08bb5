using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>Live instances of one service in one snapshot. The set is immutable; its members are live.</summary>
public sealed class EndpointSet
{
    private bool _used;

    internal EndpointSet(
        string service,
        PolicyModel policy,
        ImmutableArray<EndpointState> all,
        string protocol = "http",
        ImmutableArray<EndpointState> healthy = default,
        string? zone = null,
        EndpointSet? before = null)
    {
        Service = service;
        Policy = policy;
        All = all;
        Protocol = protocol;
        SpeaksHttp2 = protocol is "http2" or "grpc";
        Healthy = !healthy.IsDefault ? healthy : [.. all.Where(state => state.Model.Healthy)];
        HasBare = all.Any(static state => state.Model.IsBare);
        Pools = new EndpointPools(policy.LoadBalancing, All, Healthy, zone, before?.Pools);
    }

    /// <summary>Name of the service.</summary>
    public string Service { get; }

    /// <summary>
    /// ID of the target if the set is not all of the service's instances in this datacenter: a subset, or another datacenter; otherwise
    /// null.
    /// </summary>
    public string? Target { get; init; }

    /// <summary>Policy of calls to the service.</summary>
    public PolicyModel Policy { get; }

    /// <summary>Protocol of the applications: <c>http</c>, <c>http2</c>, or <c>grpc</c>.</summary>
    public string Protocol { get; }

    /// <summary>True if the protocol is <c>http2</c> or <c>grpc</c>.</summary>
    public bool SpeaksHttp2 { get; }

    /// <summary>All instances.</summary>
    public ImmutableArray<EndpointState> All { get; }

    /// <summary>Instances that are healthy in the registry.</summary>
    public ImmutableArray<EndpointState> Healthy { get; }

    /// <summary>True if an instance has no sidecar: calls to it are plaintext, and its side does not enforce intentions.</summary>
    public bool HasBare { get; }

    /// <summary>Pools from which an attempt's instance is selected.</summary>
    internal EndpointPools Pools { get; }

    /// <summary>True if the registry does not watch the instances now but would look them up on request. Default: false.</summary>
    public bool IsDormant { get; init; }

    /// <summary>True if the registry has instances, but all of their addresses are forbidden for this node. Default: false.</summary>
    public bool IsRefused { get; init; }

    /// <summary>True if an instance is healthy, not known to fail, and not ejected (or due for its trial).</summary>
    /// <param name="now">Current timestamp.</param>
    internal bool IsAvailable(long now)
    {
        foreach (var state in Healthy)
        {
            if (state.IsAvailable(now))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if an available instance (<see cref="IsAvailable"/>) is not in <paramref name="tried"/>.</summary>
    /// <param name="tried">Instances that the request has tried.</param>
    /// <param name="now">Current timestamp.</param>
    internal bool HasUntried(ref readonly TriedEndpoints tried, long now)
    {
        foreach (var state in Healthy)
        {
            if (state.IsAvailable(now) && !tried.Contains(state))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if a healthy instance may respond: not all of them failed to respond to their latest requests.</summary>
    /// <param name="now">Current timestamp.</param>
    internal bool IsReachable(long now)
    {
        foreach (var state in Healthy)
        {
            if (!state.IsOutOfReach(now))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Marks the set as used: a plain flag, written once between two reads.</summary>
    internal void MarkUsed()
    {
        if (!_used)
        {
            _used = true;
        }
    }

    /// <summary>True if a request used the set since the last call.</summary>
    internal bool TakeUsed() => _used && Interlocked.Exchange(ref _used, false);
}
