using System.Text.Json;

namespace GatewayMesh.Registry.Consul;

/// <summary>
/// Parses Consul's answers. Free-form sections may nest as deeply as Consul allows: one deep section must not make the whole list
/// unreadable.
/// </summary>
internal static class ConsulJson
{
    // The limit of Go's own decoder.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 10_000 };

    /// <summary>The parsed document.</summary>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body) => JsonDocument.Parse(body, Options);
}
