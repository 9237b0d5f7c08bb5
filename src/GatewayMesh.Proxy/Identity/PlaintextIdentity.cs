using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Identity;

/// <summary>Caller identity without certificates: from the listener, the hello, or the peer's mesh header. Never verified.</summary>
/// <param name="ingress">Caller name for requests from outside the mesh.</param>
internal sealed class PlaintextIdentity(string ingress) : ICallerIdentity
{
    /// <inheritdoc/>
    public Caller? CallerOf(IIdentifiedRequest request) => new(NameOf(request), Verified: false);

    /// <inheritdoc/>
    public string OwnNameFor(IIdentifiedRequest request) => request.Caller.Service;

    /// <inheritdoc/>
    public string? PeerOf(IIdentifiedRequest request, TargetKind kind, bool isGateway) => null;

    /// <inheritdoc/>
    public string? SourceFor(IIdentifiedRequest request) => request.Caller.Service is { Length: > 0 } source ? source : null;

    private string NameOf(IIdentifiedRequest request) =>
        request.InboundConnection.Carried?.Service
        ?? (request.Behavior.AtTheEdge ? ingress
            : request.Behavior.FromMeshPeer ? request.PeerHeaders.Source
            : request.InboundConnection.Listener.Service)
        ?? "";
}
