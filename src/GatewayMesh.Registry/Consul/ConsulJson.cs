using System.Text.Json;

namespace GatewayMesh.Registry.Consul;

/// <summary>Parses Consul's answers. Free sections may be nested as deep as Consul takes them; one that is must not make the list around it unreadable.</summary>
internal static class ConsulJson
{
    // As deep as Go's own decoder reads.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 10_000 };

    /// <summary>The document.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body) => JsonDocument.Parse(body, Options);
}
