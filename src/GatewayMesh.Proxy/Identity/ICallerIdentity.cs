using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Identity;

/// <summary>Identifies the caller of a request and the identity used on the next hop.</summary>
internal interface ICallerIdentity
{
    /// <summary>Returns the caller; null if the connection has outlived its certificate or root.</summary>
    Caller? CallerOf(IIdentifiedRequest request);

    /// <summary>Returns the service whose identity is used for connections of this request.</summary>
    string OwnNameFor(IIdentifiedRequest request);

    /// <summary>Returns the service that the peer's certificate must name; null if the peer has no certificate.</summary>
    string? PeerOf(IIdentifiedRequest request, TargetKind kind, bool isGateway);

    /// <summary>Returns the caller identity sent to the next hop; null sends none.</summary>
    string? SourceFor(IIdentifiedRequest request);
}
