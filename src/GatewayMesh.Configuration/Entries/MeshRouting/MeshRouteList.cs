using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace GatewayMesh.Configuration.Entries.MeshRouting;

/// <summary>Rules for the requests to one service, from the callers of one namespace or from all others.</summary>
/// <param name="Service">Name of the service.</param>
public sealed record MeshRouteList(string Service)
{
    /// <summary>Namespace of the callers. Default: empty, the callers of every namespace that has no list of its own.</summary>
    public string CallerNamespace { get => field ?? ""; init; } = "";

    /// <summary>
    /// True if a request without a matching rule goes to the service's own instances, because no route is accepted. Default: false, the
    /// request is rejected.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FallsThrough { get; init; }

    /// <summary>Rules; the first match decides. Default: none.</summary>
    public ImmutableArray<MeshRouteRule> Rules { get => field.IsDefault ? [] : field; init; } = [];
}
