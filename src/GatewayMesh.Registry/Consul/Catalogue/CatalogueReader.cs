using System.Collections.Immutable;
using System.Text.Json;

namespace GatewayMesh.Registry.Consul.Catalogue;

/// <summary>Reads <c>/v1/catalog/services</c>.</summary>
internal static class CatalogueReader
{
    /// <summary>Tags by name of service.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="InvalidOperationException">It is another JSON than services with tags.</exception>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Read(ReadOnlyMemory<byte> body)
    {
        using var document = ConsulJson.Parse(body);
        return document.RootElement.EnumerateObject().ToImmutableSortedDictionary(
            service => service.Name,
            service => service.Value.EnumerateArray().Select(tag => tag.GetString() ?? "").ToImmutableArray(),
            StringComparer.Ordinal);
    }
}
