using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary><c>/certs</c>: the certificates of a node.</summary>
public sealed record CertificatesDocument : CertificatesStatus
{
    /// <summary>Schema of this document. A build that writes none has schema 1.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; set; } = 1;

    /// <summary>Certificates of public listeners; absent when a guard answers for its worker.</summary>
    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<PublicCertificateStatus>? Public { get; set; }
}
