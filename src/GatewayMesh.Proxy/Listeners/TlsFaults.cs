using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Counts failed handshakes and logs one line per reason in <see cref="LogThrottle.Quiet"/>, regardless of the number of failures.
/// </summary>
internal sealed class TlsFaults(MeshMetrics metrics, ILogger log, TimeProvider time)
{
    private static readonly Action<ILogger, string, string, string, long, string, Exception?> HandshakeFailed =
        LoggerMessage.Define<string, string, string, long, string>(
            LogLevel.Warning,
            new EventId(2, "tls_handshake_failed"),
            "A TLS handshake on {Listener} with {Peer} failed: {Reason} ({Count} since the last such line). {Detail}");

    private readonly LogThrottle[] _throttles = [.. Enum.GetValues<TlsFault>().Select(_ => new LogThrottle(time))];

    /// <summary>Counts a failed handshake.</summary>
    /// <param name="inbound">Connection of the handshake.</param>
    /// <param name="fault">Cause of the failure.</param>
    /// <param name="detail">Message of the platform; contains no secrets.</param>
    public void Count(InboundConnection inbound, TlsFault fault, string detail)
    {
        metrics.CountHandshakeFailure(WordOf(inbound.Listener.Kind), WordOf(fault));
        if (_throttles[(int)fault].Next(out var count))
        {
            HandshakeFailed(log, inbound.Listener.Name, inbound.Peer.ToString(), WordOf(fault), count, detail, null);
        }
    }

    /// <summary>Returns the word for logs and labels.</summary>
    public static string WordOf(TlsFault fault) => fault switch
    {
        TlsFault.Gone => "gone",
        TlsFault.Timeout => "timeout",
        TlsFault.NotTls => "not_tls",
        TlsFault.NoCertificate => "no_certificate",
        TlsFault.PeerCertificate => "peer_certificate",
        _ => "refused",
    };

    private static string WordOf(ListenerKind kind) => kind switch
    {
        ListenerKind.Inbound => "inbound",
        ListenerKind.Mesh => "mesh",
        ListenerKind.Tunnel => "tunnel",
        ListenerKind.Ingress => "ingress",
        _ => "other",
    };
}
