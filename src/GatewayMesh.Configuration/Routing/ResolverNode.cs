using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.Resolvers;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Ends at instances.</summary>
/// <param name="Name">Its name, that of the target.</param>
/// <param name="Target">Where requests go.</param>
/// <param name="Failover">Where they go when nothing of <paramref name="Target"/> is well, in order.</param>
public sealed record ResolverNode(string Name, TargetModel Target, ImmutableArray<TargetModel> Failover) : RouteNode(Name)
{
    /// <summary>Time to connect (<c>ConnectTimeout</c>); null when the resolver does not say so, and the policy's holds. Consul's default is 5 s.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>In place of <c>timeouts.request</c>, under a rule's own; null when the resolver does not say so (Consul 1.14 and later).</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>In place of the policy's load balancing; null when the resolver does not say so (Consul 1.9 and later).</summary>
    public LoadBalancerEntry? LoadBalancer { get; init; }

    /// <summary>No resolver entry stands behind it.</summary>
    public bool IsDefault { get; init; }
}
