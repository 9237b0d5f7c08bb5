using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// A callee whose instances have no sidecar (<c>kind: service</c>). Its side cannot enforce intentions, so the caller's side does: a
/// sidecar, an ingress, or a gateway. The last hop is plaintext.
/// </summary>
internal static class BareCallee
{
    /// <summary>True if the request may be sent to such an instance and must be authorized here.</summary>
    public static bool IsAhead(Exchange exchange) => exchange.Route.Kind == TargetKind.MeshPeer && exchange.Route.Instances.HasBare;

    /// <summary>
    /// True if <see cref="IsAhead"/> holds, or a feature flag may make it hold. Steps that run before the flags are decided must assume that
    /// it does.
    /// </summary>
    public static bool MayBeAhead(Exchange exchange) =>
        IsAhead(exchange) || exchange.Route is { Kind: TargetKind.MeshPeer, Leaf.FlagsReachBare: true };

    /// <summary>
    /// True if the caller may call <paramref name="endpoint"/>. Decides again only if the instance lost its sidecar after the request was
    /// authorized.
    /// </summary>
    /// <param name="enforces">True if intentions are enforced.</param>
    /// <param name="exchange">The request.</param>
    /// <param name="endpoint">Instance that an attempt is sent to.</param>
    public static bool MayCall(bool enforces, Exchange exchange, EndpointModel endpoint) =>
        !enforces
        || !endpoint.IsBare
        || exchange.AllowedBy is not null
        || (exchange.Caller.Verified && Decides(exchange));

    private static bool Decides(Exchange exchange) =>
        exchange.Mesh.Snapshot.Intentions.Decide(exchange.Caller.Service, exchange.Destination!, exchange.Permissions).Allowed;
}
