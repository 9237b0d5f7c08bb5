using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// TLS terms of listeners for mesh peers: the listener uses its own service's certificate and requires a mesh certificate from the peer.
/// </summary>
internal sealed class PeerTerms(ICertificates certificates, MeshContexts contexts, TimeProvider time)
{
    /// <summary>Returns the terms of a connection; null if its listener is not for peers.</summary>
    public TlsTerms? Of(InboundConnection inbound) => inbound.Listener.IsForPeers ? Show : null;

    private ServerTls? Show(InboundConnection inbound, string host) =>
        contexts.Server(inbound.Listener.Service ?? "", inbound.Listener.Kind == ListenerKind.Mesh) is { } context
            ? new ServerTls(context, Verify)
            : null;

    private AlertName Verify(InboundConnection inbound, X509Certificate2 certificate, X509Certificate2Collection sent)
    {
        var trust = certificates.Trust;
        var verdict = PeerVerifier.Verify(certificate, sent, trust, PeerUsage.Client, time.GetUtcNow());
        inbound.Identity = verdict.IsTrusted
            ? new PeerIdentity(verdict.Id!, certificate, sent, trust!, PeerUsage.Client)
            : null;
        inbound.Refusal = verdict.IsTrusted ? null : verdict.Fault;
        return TlsAlerts.Of(verdict.Fault);
    }
}
