using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// A callee whose instances no sidecar fronts (<c>kind: service</c>): nobody at its end asks the intentions, so the caller's side does, a sidecar and an ingress as
/// well as a gateway. The last hop is in the clear.
/// </summary>
internal static class BareCallee
{
    /// <summary>True if the request may be sent to such an instance, so that it is judged here.</summary>
    public static bool IsAhead(Exchange exchange) => exchange.Route.Kind == TargetKind.MeshPeer && exchange.Route.Instances.HasBare;

    /// <summary>True if the caller may call <paramref name="endpoint"/>. Decides again only where the instance lost its sidecar after the request was judged.</summary>
    /// <param name="enforces">Whether intentions are enforced.</param>
    /// <param name="exchange">The request.</param>
    /// <param name="endpoint">The instance that an attempt goes to.</param>
    public static bool MayCall(bool enforces, Exchange exchange, EndpointModel endpoint) =>
        !enforces
        || !endpoint.IsBare
        || exchange.AllowedBy is not null
        || (exchange.Caller.Verified && Decides(exchange));

    private static bool Decides(Exchange exchange) =>
        exchange.Mesh.Snapshot.Intentions.Decide(exchange.Caller.Service, exchange.Destination!, exchange.Facts).Allowed;
}
