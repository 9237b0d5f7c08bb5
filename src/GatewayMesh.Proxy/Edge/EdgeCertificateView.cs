using System.Collections.Immutable;

namespace GatewayMesh.Proxy.Edge;

/// <summary>A public certificate, for <c>/certs</c>, <c>check</c> and the metric.</summary>
/// <param name="Port">Port of the listener that shows it.</param>
/// <param name="File">Its file.</param>
/// <param name="Names">The names that it is for.</param>
/// <param name="NotBefore">From when on it is valid.</param>
/// <param name="NotAfter">Until when it is valid.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, in hexadecimal digits.</param>
/// <param name="Refused">Why the file that is there now is not in use; null when it is.</param>
public sealed record EdgeCertificateView(int Port, string File, ImmutableArray<string> Names, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Fingerprint, string? Refused);
