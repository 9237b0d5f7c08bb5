using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>Counts failed handshakes, and logs one line for each reason in <see cref="Seldom.Quiet"/>, however many a peer makes.</summary>
internal sealed class TlsFaults(MeshMetrics metrics, ILogger log, TimeProvider time)
{
    private static readonly Action<ILogger, string, string, string, long, string, Exception?> HandshakeFailed =
        LoggerMessage.Define<string, string, string, long, string>(
            LogLevel.Warning,
            new EventId(2, "tls_handshake_failed"),
            "A TLS handshake on {Listener} with {Peer} failed: {Reason} ({Count} since the last such line). {Detail}");

    private readonly Seldom[] _seldom = [.. Enum.GetValues<TlsFault>().Select(_ => new Seldom(time))];

    /// <summary>One more.</summary>
    /// <param name="inbound">The connection.</param>
    /// <param name="fault">Why.</param>
    /// <param name="detail">What the platform says of it; never a secret.</param>
    public void Count(InboundConnection inbound, TlsFault fault, string detail)
    {
        metrics.CountHandshakeFailure(WordOf(inbound.Listener.Kind), WordOf(fault));
        if (_seldom[(int)fault].Next(out var count))
        {
            HandshakeFailed(log, inbound.Listener.Name, inbound.Peer.ToString(), WordOf(fault), count, detail, null);
        }
    }

    /// <summary>The word for logs and labels.</summary>
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
