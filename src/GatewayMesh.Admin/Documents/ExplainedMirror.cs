using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>Copies of the requests of a call.</summary>
public sealed record ExplainedMirror
{
    /// <summary>Service that gets the copies.</summary>
    public string Service { get; set; } = "";

    /// <summary>Subset of the service; absent for all of its instances.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Subset { get; set; }

    /// <summary>Share of the requests, 0 to 1.</summary>
    public double Share { get; set; }

    /// <summary>Largest body of a copied request, in bytes.</summary>
    public long MaxBodySize { get; set; }

    /// <summary>Limit of copies in flight.</summary>
    public int MaxConcurrent { get; set; }
}
