using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>A service as callers see it.</summary>
/// <param name="Name">Name of the service.</param>
/// <param name="Protocol"><c>http</c>, <c>http2</c> or <c>grpc</c>.</param>
/// <param name="Policy">How calls to it are made.</param>
/// <param name="Endpoints">Its instances, healthy or not.</param>
public sealed record ServiceModel(string Name, string Protocol, PolicyModel Policy, ImmutableArray<EndpointModel> Endpoints)
{
    /// <summary>The way from its name to instances; null when it leads straight to all of its own.</summary>
    public RouteNode? Routes { get; init; }

    /// <summary>The registry has instances that this node never dials (<see cref="MeshSnapshot.Refused"/>). Default: false.</summary>
    public bool HasRefused { get; init; }

    /// <summary>The registry does not look at its instances now and would answer whoever asks: a request is worth a short wait. Not part of the revision. Default: false.</summary>
    public bool IsDormant { get; init; }
}
