using System.Text.Json.Serialization;

namespace GatewayMesh.Gateways;

/// <summary>A gateway in <c>gateways.json</c>.</summary>
internal sealed record ListedGateway
{
    /// <summary>Node of the gateway; null: absent.</summary>
    public string? Node { get; set; }

    /// <summary>Listener for mesh peers; null: absent.</summary>
    public string? Mesh { get; set; }

    /// <summary>Listener for tunnels; null: absent.</summary>
    public string? Tunnel { get; set; }

    /// <summary>True if the tunnel is TLS with the identity below. Default: false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Tls { get; set; }

    /// <summary>Service name of the gateway; null without TLS.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Service { get; set; }

    /// <summary>Trust domain of the gateway; null without TLS.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TrustDomain { get; set; }
}
