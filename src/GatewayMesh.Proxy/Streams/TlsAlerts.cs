using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Proxy.Streams;

/// <summary>Alerts for faults of certificates, and OpenSSL's verification results that send them.</summary>
internal static class TlsAlerts
{
    /// <summary>Alert that a refused peer receives.</summary>
    public static AlertName Of(PeerFault fault) => fault switch
    {
        PeerFault.None => AlertName.None,
        PeerFault.NoCertificate => AlertName.CertificateRequired,
        PeerFault.NoTrust or PeerFault.UnknownAuthority => AlertName.UnknownCa,
        PeerFault.Expired => AlertName.CertificateExpired,
        PeerFault.WrongUsage => AlertName.UnsupportedCertificate,
        _ => AlertName.BadCertificate,
    };

    /// <summary>OpenSSL's result of a verification (x509_vfy.h) that sends <paramref name="alert"/>.</summary>
    public static int VerifyResult(AlertName alert) => alert switch
    {
        AlertName.None => 0,
        AlertName.InternalError => 1,
        AlertName.CertificateExpired => 10,
        AlertName.UnknownCa => 20,
        AlertName.CertificateRevoked => 23,
        AlertName.UnsupportedCertificate => 26,
        AlertName.BadCertificate => 28,
        AlertName.HandshakeFailure => 50,
        _ => 49,
    };
}
