using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>The live instances of one service, as one snapshot has them. The set is immutable, its members live.</summary>
public sealed class EndpointSet
{
    private bool _used;

    internal EndpointSet(string service, PolicyModel policy, ImmutableArray<EndpointState> all, string protocol = "http", ImmutableArray<EndpointState> healthy = default, string? zone = null, EndpointSet? before = null)
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

    /// <summary>Id of the target when these are not simply all of the service's instances in the own datacenter: a subset, or those of another one; otherwise null.</summary>
    public string? Target { get; init; }

    /// <summary>How calls to it are made.</summary>
    public PolicyModel Policy { get; }

    /// <summary>Protocol of the applications: <c>http</c>, <c>http2</c> or <c>grpc</c>.</summary>
    public string Protocol { get; }

    /// <summary>True when its protocol is <c>http2</c> or <c>grpc</c>.</summary>
    public bool SpeaksHttp2 { get; }

    /// <summary>Every instance.</summary>
    public ImmutableArray<EndpointState> All { get; }

    /// <summary>Those that the registry calls healthy.</summary>
    public ImmutableArray<EndpointState> Healthy { get; }

    /// <summary>An instance among them has no sidecar: it is called in the clear, and nobody at its end asks the intentions.</summary>
    public bool HasBare { get; }

    /// <summary>From which of them an attempt's is picked, and how.</summary>
    internal EndpointPools Pools { get; }

    /// <summary>The registry does not look at them now and would answer whoever asks. Default: false.</summary>
    public bool IsDormant { get; init; }

    /// <summary>The registry has instances, and leads with each to an address that this node never dials. Default: false.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Whether an instance is healthy and neither ejected (or due for its trial) nor known to fail.</summary>
    /// <param name="now">Timestamp of the moment.</param>
    internal bool IsWell(long now)
    {
        foreach (var state in Healthy)
        {
            if (state.IsWell(now))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether one of the healthy ones may answer: not all of them have left their latest requests without an answer.</summary>
    /// <param name="now">Timestamp of the moment.</param>
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

    /// <summary>A request goes to one of them: a plain flag, written once between two looks at it.</summary>
    internal void MarkUsed()
    {
        if (!_used)
        {
            _used = true;
        }
    }

    /// <summary>Whether a request went to one of them since the last call.</summary>
    internal bool TakeUsed() => _used && Interlocked.Exchange(ref _used, false);
}
