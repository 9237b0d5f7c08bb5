using System.Collections.Immutable;
using GatewayMesh.Registry.Consul.Entries;

namespace GatewayMesh.Registry.Tests.Consul.Entries;

/// <summary>The key-value folder of policies.</summary>
internal static class Policies
{
    private static readonly KeyFolder OfPolicies = new("service-policy");

    public static string Folder => OfPolicies.Folder;

    public static ImmutableSortedDictionary<string, ReadEntry> Read(ReadOnlyMemory<byte> body) => OfPolicies.Read(body);
}
