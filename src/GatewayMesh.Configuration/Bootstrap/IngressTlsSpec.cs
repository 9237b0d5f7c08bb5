using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>TLS settings of a public listener. The files are read again when they change.</summary>
public sealed record IngressTlsSpec
{
    /// <summary>Certificates, selected by the names in each. The first certificate is the default.</summary>
    public ImmutableArray<CertificateFileSpec> Certificates { get; init; } = [];

    /// <summary>Client certificate mode. Default: <see cref="ClientCertificates.None"/>.</summary>
    public ClientCertificates ClientCertificates { get; init; }

    /// <summary>PEM file of the authorities trusted for client certificates; set when client certificates are requested.</summary>
    public ClientAuthoritySpec? ClientCa { get; init; }

    /// <summary>Minimum TLS version: 12 or 13. Default: 12.</summary>
    public int MinVersion { get; init; } = 12;
}
