namespace GatewayMesh.Admin.Documents;

/// <summary>A certificate of a public listener, as reported by its ingress.</summary>
/// <param name="Port">Port of the listener.</param>
/// <param name="File">Path of the certificate file.</param>
/// <param name="Left">Time until expiry; negative after expiry.</param>
/// <param name="Refused">Reason why the file on disk is not in use, or null.</param>
public sealed record PublicCertificateStatus(int Port, string File, TimeSpan Left, string? Refused);
