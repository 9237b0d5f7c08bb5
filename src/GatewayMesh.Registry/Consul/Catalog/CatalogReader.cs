using System.Collections.Immutable;
using System.Text.Json;

namespace GatewayMesh.Registry.Consul.Catalog;

/// <summary>Reads <c>/v1/catalog/services</c>.</summary>
internal static class CatalogReader
{
    /// <summary>Tags by service name.</summary>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    /// <exception cref="InvalidOperationException">The JSON is not a list of services with tags.</exception>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Read(ReadOnlyMemory<byte> body)
    {
        using var document = ConsulJson.Parse(body);
        return document.RootElement.EnumerateObject().ToImmutableSortedDictionary(
            service => service.Name,
            service => service.Value.EnumerateArray().Select(tag => tag.GetString() ?? "").ToImmutableArray(),
            StringComparer.Ordinal);
    }
}
