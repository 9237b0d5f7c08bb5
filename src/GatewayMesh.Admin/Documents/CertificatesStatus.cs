using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>The certificates of a node. Never includes a key.</summary>
public record CertificatesStatus : DocumentPart
{
    /// <summary><c>mtls</c> or <c>plaintext</c>.</summary>
    public string Identity { get; set; } = "";

    /// <summary>Folder of the certificates; absent with plaintext identity.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Directory { get; set; }

    /// <summary>Certificates of the node's services.</summary>
    public ImmutableArray<IdentityStatus> Identities { get; set; } = [];

    /// <summary>Trusted roots, the active root first.</summary>
    public ImmutableArray<RootStatus> Roots { get; set; } = [];

    /// <summary>Errors of the files and of root retrieval.</summary>
    public ImmutableArray<string> Errors { get; set; } = [];
}
