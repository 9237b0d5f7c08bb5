using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>A feature flag of the configuration.</summary>
public sealed record ConfiguredFlag
{
    /// <summary>The flag with its filters, as JSON.</summary>
    [JsonConverter(typeof(RawJson))]
    public string Definition { get; set; } = "{}";
}
