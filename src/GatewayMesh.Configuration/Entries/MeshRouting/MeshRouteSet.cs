using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Entries.MeshRouting;

/// <summary>Routes that are attached to services and depend on the namespace of the caller (Gateway API, GAMMA).</summary>
public sealed record MeshRouteSet
{
    /// <summary>No routes.</summary>
    public static MeshRouteSet None { get; } = new();

    /// <summary>Namespace of the applications of this node. Default: empty, unknown or none, as at a gateway.</summary>
    public string Namespace { get => field ?? ""; init; } = "";

    /// <summary>Lists of rules, at most one for a service and a namespace of callers. Default: none.</summary>
    public ImmutableArray<MeshRouteList> Lists { get => field.IsDefault ? [] : field; init; } = [];
}
