using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>Part of a service as a registry's catalogue has it: a subset, whose filter the registry applies, or the service in another datacenter, or both.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Subset">Name of the subset; empty for the whole service.</param>
/// <param name="Datacenter">Name of the other datacenter; empty for the own.</param>
/// <param name="Instances">Its instances as last seen; null while nobody has looked.</param>
public sealed record DiscoveredTarget(string Service, string Subset, string Datacenter, ImmutableArray<DiscoveredInstance>? Instances)
{
    /// <summary>Nobody looks at its instances now, and whoever asks for the service would be answered. Default: false.</summary>
    public bool IsDormant { get; init; }
}
