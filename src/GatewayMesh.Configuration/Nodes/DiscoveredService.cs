using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>A service as a registry's catalogue has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Instances">Its instances as last seen; null while nobody has looked.</param>
public sealed record DiscoveredService(string Name, ImmutableArray<DiscoveredInstance>? Instances)
{
    /// <summary>Nobody looks at its instances now, and whoever asks for them would be answered: worth a short wait at its first request. Default: false.</summary>
    public bool IsDormant { get; init; }
}
