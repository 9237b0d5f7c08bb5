using System.Collections.Immutable;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Objects of a cluster that decide the routes of its services.</summary>
public sealed record RouteObjects
{
    /// <summary>Namespace of the applications of this node. Default: empty, unknown or none, as at a gateway.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>All Services, in any order. Default: none.</summary>
    public ImmutableArray<MeshService> Services { get; init; } = [];

    /// <summary>All HTTPRoutes, in any order. Default: none.</summary>
    public ImmutableArray<HttpRoute> HttpRoutes { get; init; } = [];

    /// <summary>All GRPCRoutes, in any order. Default: none.</summary>
    public ImmutableArray<GrpcRoute> GrpcRoutes { get; init; } = [];
}
