using System.Collections.Immutable;

namespace GatewayMesh.Admin.Documents;

/// <summary>Ports of an ingress.</summary>
public sealed record IngressStatus : DocumentPart
{
    /// <summary>Ports in the bootstrap file.</summary>
    public ImmutableArray<int> BootstrapPorts { get; set; } = [];

    /// <summary>Ports in the <c>ingress-gateway</c> entry.</summary>
    public ImmutableArray<int> EntryPorts { get; set; } = [];

    /// <summary>Certificates of the public listeners.</summary>
    public ImmutableArray<PublicCertificateStatus> Certificates { get; set; } = [];
}
