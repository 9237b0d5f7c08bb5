using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// A callee whose proxy is not ours takes a gateway for the caller. Where the intentions say another thing of the gateway than of the caller, its answer would
/// be one about a false identity, so the call is denied here instead.
/// </summary>
internal static class ForeignCallee
{
    /// <summary>Whether <paramref name="endpoint"/> may be called by <paramref name="gateway"/> for the caller, who himself is allowed.</summary>
    public static bool MaySee(string gateway, Exchange exchange, EndpointModel endpoint) =>
        !endpoint.IsForeign
        || exchange.Behaviour.Direction != RequestDirection.Gateway
        || exchange.AllowedBy is not { } intentions
        || intentions.Decide(gateway, exchange.Destination!, exchange.Facts).Allowed;
}
