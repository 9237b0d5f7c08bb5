namespace GatewayMesh.Commands.Status;

/// <summary>A certificate of a public listener, as its ingress says it.</summary>
/// <param name="Port">Port of the listener.</param>
/// <param name="File">Its file.</param>
/// <param name="Left">Time until it ends, negative when it has.</param>
/// <param name="Refused">Why the file that is there now is not in use, or null.</param>
internal sealed record PublicCertificateStatus(int Port, string File, TimeSpan Left, string? Refused);
