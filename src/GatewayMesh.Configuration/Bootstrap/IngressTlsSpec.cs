using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>How a public listener speaks TLS. The files are read again when they change.</summary>
public sealed record IngressTlsSpec
{
    /// <summary>Certificates; the names in each say for whom it is shown, and the first is for everybody else.</summary>
    public ImmutableArray<CertificateFileSpec> Certificates { get; init; } = [];

    /// <summary>Whether clients show a certificate. Default: <see cref="ClientCertificates.None"/>.</summary>
    public ClientCertificates ClientCertificates { get; init; }

    /// <summary>File with the authorities (PEM) that clients' certificates must come from; set when they are asked for.</summary>
    public ClientAuthoritySpec? ClientCa { get; init; }

    /// <summary>Least version of TLS: 12 or 13. Default: 12.</summary>
    public int MinVersion { get; init; } = 12;
}
