using System.Collections.Immutable;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>One instance that a node fronts.</summary>
/// <param name="Name">Name of the service.</param>
/// <param name="Id">Id of the instance.</param>
/// <param name="Address">Its inbound listener, as others dial it.</param>
/// <param name="Healthy">What its check says.</param>
public sealed record NodeService(string Name, string Id, HostPort Address, bool Healthy)
{
    /// <summary><c>http</c> or <c>grpc</c>.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>Where its application is dialled past its sidecar; null when others cannot.</summary>
    public HostPort? Application { get; init; }

    /// <summary>Its share of the requests against that of others. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Tags.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Free pairs.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
