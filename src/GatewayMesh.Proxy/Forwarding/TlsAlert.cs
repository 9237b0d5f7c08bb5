namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// A peer's fatal alert about our certificate. With TLS 1.3 it comes when the handshake is long over on our side, instead of an answer (RFC 8446 §4.4.2.4,
/// §6.2); a peer that sends one has looked at no request. The platform tells of it in OpenSSL's words only: library 20 (SSL), reason 1000 + number of the alert.
/// </summary>
internal static class TlsAlert
{
    private const int SslLibrary = 20;
    private const int ReceivedAlerts = 1000;

    /// <summary>Name of the alert (RFC 8446 §6) that <paramref name="cause"/> comes from; null when it is none about a certificate.</summary>
    public static string? In(Exception? cause)
    {
        for (var each = cause; each is not null; each = each.InnerException)
        {
            if ((each.HResult >> 23) == SslLibrary && NameOf((each.HResult & 0x7F_FFFF) - ReceivedAlerts) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    private static string? NameOf(int alert) => alert switch
    {
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        48 => "unknown_ca",
        49 => "access_denied",
        116 => "certificate_required",
        _ => null,
    };
}
