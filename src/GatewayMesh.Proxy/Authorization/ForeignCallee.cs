using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// A callee whose proxy is not ours sees the gateway as the caller. If intentions treat the gateway differently from the real caller, the
/// callee's decision would be about the wrong identity, so the call is denied here instead.
/// </summary>
internal static class ForeignCallee
{
    /// <summary>True if <paramref name="gateway"/> may call <paramref name="endpoint"/> on behalf of the caller, who is allowed.</summary>
    public static bool MaySee(string gateway, Exchange exchange, EndpointModel endpoint) =>
        !endpoint.IsForeign
        || exchange.Behavior.Direction != RequestDirection.Gateway
        || exchange.AllowedBy is not { } intentions
        || intentions.Decide(gateway, exchange.Destination!, exchange.Permissions).Allowed;
}
