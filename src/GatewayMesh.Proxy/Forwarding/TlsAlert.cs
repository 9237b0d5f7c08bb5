using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// A peer's fatal alert about our certificate. With TLS 1.3 the alert arrives in place of a response, long after our side has
/// finished the handshake (RFC 8446 §4.4.2.4, §6.2); a peer that sends one has not read any request. The platform exposes only OpenSSL's
/// code: library 20 (SSL), reason 1000 + alert number.
/// </summary>
internal static class TlsAlert
{
    private const int SslLibrary = 20;
    private const int ReceivedAlerts = 1000;

    /// <summary>
    /// Returns the name of the alert (RFC 8446 §6) that caused <paramref name="cause"/>; null if the cause is not an alert about a
    /// certificate.
    /// </summary>
    public static string? In(Exception? cause)
    {
        for (var each = cause; each is not null; each = each.InnerException)
        {
            if (each is TlsException { Received: not AlertName.None } refusal && NameOf((int)refusal.Received) is { } received)
            {
                return received;
            }

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
