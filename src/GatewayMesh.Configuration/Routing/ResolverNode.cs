using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.Resolvers;

namespace GatewayMesh.Configuration.Routing;

/// <summary>A terminal node that resolves to instances.</summary>
/// <param name="Name">Name of the node, that of the target.</param>
/// <param name="Target">Target of requests.</param>
/// <param name="Failover">Targets used while <paramref name="Target"/> has no healthy instance, in order.</param>
public sealed record ResolverNode(string Name, TargetModel Target, ImmutableArray<TargetModel> Failover) : RouteNode(Name)
{
    /// <summary>Connect timeout (<c>ConnectTimeout</c>); null for the policy's. Consul's default is 5 s.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>
    /// Overrides <c>timeouts.request</c>; a rule's own timeout takes precedence. Null when not declared (Consul 1.14 and later).
    /// </summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>Overrides the policy's load balancing; null when not declared (Consul 1.9 and later).</summary>
    public LoadBalancerEntry? LoadBalancer { get; init; }

    /// <summary>True if no resolver entry is declared.</summary>
    public bool IsDefault { get; init; }
}
