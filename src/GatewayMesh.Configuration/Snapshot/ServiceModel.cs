using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>A service as seen by callers.</summary>
/// <param name="Name">Name of the service.</param>
/// <param name="Protocol"><c>http</c>, <c>http2</c> or <c>grpc</c>.</param>
/// <param name="Policy">Call policy.</param>
/// <param name="Endpoints">Instances of the service, healthy or not.</param>
public sealed record ServiceModel(string Name, string Protocol, PolicyModel Policy, ImmutableArray<EndpointModel> Endpoints)
{
    private static readonly ImmutableSortedDictionary<string, RouteNode> NoRoutes =
        ImmutableSortedDictionary.Create<string, RouteNode>(StringComparer.Ordinal);

    /// <summary>Route from the service name to instances; null when it leads directly to all instances of the service.</summary>
    public RouteNode? Routes { get; init; }

    /// <summary>
    /// Routes for the callers of a namespace, by the namespace; they replace <see cref="Routes"/> for those callers. Default: none.
    /// </summary>
    public ImmutableSortedDictionary<string, RouteNode> ConsumerRoutes { get; init; } = NoRoutes;

    /// <summary>
    /// True if the registry has instances that this node never dials (<see cref="MeshSnapshot.Refused"/>). Default: false.
    /// </summary>
    public bool HasRefused { get; init; }

    /// <summary>
    /// True if the instances are not watched now, but the registry would answer a query: a request is worth a short wait. Not part of the
    /// revision. Default: false.
    /// </summary>
    public bool IsDormant { get; init; }
}
