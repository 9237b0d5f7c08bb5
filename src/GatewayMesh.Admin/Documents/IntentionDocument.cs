using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary><c>/intentions/check</c>: the decision about a call.</summary>
public sealed record IntentionDocument : CheckedIntention
{
    /// <summary>Schema of this document. A build that writes none has schema 1.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; set; } = 1;

    /// <summary>Method of the request.</summary>
    [JsonPropertyOrder(-1)]
    public string Method { get; set; } = "";

    /// <summary>Path of the request.</summary>
    [JsonPropertyOrder(-1)]
    public string Path { get; set; } = "";
}
