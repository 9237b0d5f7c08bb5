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
    public TlsTerms? Of(Arrival arrival) => arrival.Listener.IsForPeers ? Show : null;

    private SslServerAuthenticationOptions? Show(Arrival arrival, string host) =>
        MutualTls.ServerOptions(certificates, arrival.Listener.Service ?? "", arrival.Listener.Kind == ListenerKind.Mesh, time, (verdict, peer) =>
        {
            arrival.Identity = peer;
            arrival.Refusal = verdict.IsBelieved ? null : verdict.Fault;
        });
}
