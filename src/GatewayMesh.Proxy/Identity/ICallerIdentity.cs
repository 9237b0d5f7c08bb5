using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Identity;

/// <summary>Tells who a request comes from, and in whose name it goes on.</summary>
internal interface ICallerIdentity
{
    /// <summary>The caller; null when the connection has outlived what made it believed.</summary>
    Caller? CallerOf(Exchange exchange);

    /// <summary>The service in whose name connections for this request are made.</summary>
    string OwnNameFor(Exchange exchange);

    /// <summary>Who must be at the other end of a hop, by certificate; null when nobody shows one.</summary>
    string? PeerOf(Exchange exchange, TargetKind kind, bool isGateway);

    /// <summary>What the next hop is told of the caller; null: nothing.</summary>
    string? SourceFor(Exchange exchange);
}
