using System.Collections.Immutable;

namespace GatewayMesh.Proxy.Edge;

/// <summary>A public certificate, for <c>/certs</c>, <c>check</c>, and the metric.</summary>
/// <param name="Port">Port of the listener that uses the certificate.</param>
/// <param name="File">File of the certificate.</param>
/// <param name="Names">DNS names of the certificate.</param>
/// <param name="NotBefore">Start of validity.</param>
/// <param name="NotAfter">End of validity.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, in hexadecimal digits.</param>
/// <param name="Refused">Reason that the current file is not in use; null if it is in use.</param>
public sealed record EdgeCertificateView(
    int Port,
    string File,
    ImmutableArray<string> Names,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    string Fingerprint,
    string? Refused);
