using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Proxy.Edge;

namespace GatewayMesh.Admin.Views;

/// <summary>The certificates of public listeners, for <c>/status</c>, <c>/certs</c> and <c>check</c>. Never includes a key.</summary>
internal static class PublicCertificates
{
    internal static ImmutableArray<PublicCertificateStatus> Of(IReadOnlyList<EdgeCertificateView> certificates, DateTimeOffset now) =>
    [
        .. certificates.Select(certificate => new PublicCertificateStatus
        {
            Port = certificate.Port,
            File = certificate.File,
            Names = [.. certificate.Names],
            Fingerprint = certificate.Fingerprint,
            NotBefore = certificate.NotBefore,
            NotAfter = certificate.NotAfter,
            SecondsLeft = Math.Floor((certificate.NotAfter - now).TotalSeconds),
            Refused = certificate.Refused,
        }),
    ];
}
