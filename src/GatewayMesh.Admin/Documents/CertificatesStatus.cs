using System.Collections.Immutable;

namespace GatewayMesh.Admin.Documents;

/// <summary>The certificates of a node, as reported in its status.</summary>
/// <param name="Directory">Folder of the certificates.</param>
/// <param name="Identities">Certificates by identity.</param>
/// <param name="Roots">Trusted roots.</param>
/// <param name="Errors">Errors of files and roots.</param>
public sealed record CertificatesStatus(
    string Directory, ImmutableArray<CertificateStatus> Identities, ImmutableArray<CertificateStatus> Roots, ImmutableArray<string> Errors);

/// <summary>A certificate.</summary>
/// <param name="Name">The service, or the subject of a root.</param>
/// <param name="State"><c>valid</c>, <c>ending</c>, <c>expired</c>, <c>not-yet-valid</c> or <c>missing</c>.</param>
/// <param name="Left">Time until expiry; negative after expiry.</param>
/// <param name="Id">The SPIFFE id; the trust domain of a root.</param>
/// <param name="Trouble">Reason why the certificate cannot be renewed now, or null.</param>
/// <param name="ClientFile">File with a copy of certificate and key for applications, or null.</param>
public sealed record CertificateStatus(string Name, string State, TimeSpan Left, string Id, string? Trouble, string? ClientFile);
