using System.Net.Security;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Listeners;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>How listeners for other parts of the mesh speak TLS: as the service that they belong to, with peers that show a certificate of the mesh.</summary>
internal sealed class PeerTerms(ICertificates certificates, TimeProvider time)
{
    /// <summary>The terms of a connection; null when its listener is not for peers.</summary>
    public TlsTerms? Of(InboundConnection inbound) => inbound.Listener.IsForPeers ? Show : null;

    private SslServerAuthenticationOptions? Show(InboundConnection inbound, string host) =>
        MutualTls.ServerOptions(certificates, inbound.Listener.Service ?? "", inbound.Listener.Kind == ListenerKind.Mesh, time, (verdict, peer) =>
        {
            inbound.Identity = peer;
            inbound.Refusal = verdict.IsBelieved ? null : verdict.Fault;
        });
}
