using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>Part of the catalog that comes from a Service and its slices.</summary>
/// <param name="Services">One service for each TCP port; the default port first.</param>
/// <param name="Problems">Problems for people, one sentence each.</param>
internal sealed record CompiledService(ImmutableArray<DiscoveredService> Services, ImmutableArray<string> Problems)
{
    /// <summary>True if <paramref name="other"/> has the same content.</summary>
    public bool IsSame(CompiledService other) =>
        Services.Length == other.Services.Length
        && Services.Zip(other.Services).All(pair => pair.First.IsSame(pair.Second))
        && Problems.AsSpan().SequenceEqual(other.Problems.AsSpan());
}
