using GatewayMesh.Certificates.Trust;
using System.Net.Security;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Listeners;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// TLS terms of listeners for mesh peers: the listener uses its own service's certificate and requires a mesh certificate from the peer.
/// </summary>
internal sealed class PeerTerms(ICertificates certificates, TimeProvider time)
{
    /// <summary>Returns the terms of a connection; null if its listener is not for peers.</summary>
    public TlsTerms? Of(InboundConnection inbound) => inbound.Listener.IsForPeers ? Show : null;

    private SslServerAuthenticationOptions? Show(InboundConnection inbound, string host) =>
        MutualTls.ServerOptions(
            certificates,
            inbound.Listener.Service ?? "",
            inbound.Listener.Kind == ListenerKind.Mesh,
            time,
            (verdict, peer) =>
        {
            inbound.Identity = peer;
            inbound.Refusal = verdict.IsBelieved ? null : verdict.Fault;
        });
}
