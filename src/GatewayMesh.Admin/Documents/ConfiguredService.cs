using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>A service of the configuration in use.</summary>
public sealed record ConfiguredService
{
    /// <summary><c>http</c>, <c>http2</c>, <c>grpc</c>, or <c>tcp</c> when nobody declared one.</summary>
    public string Protocol { get; set; } = "";

    /// <summary>Compiled policy, all sections with their defaults.</summary>
    [JsonConverter(typeof(RawJson))]
    public string Policy { get; set; } = "{}";

    /// <summary>Instances, one sentence each.</summary>
    public ImmutableArray<string> Endpoints { get; set; } = [];
}
