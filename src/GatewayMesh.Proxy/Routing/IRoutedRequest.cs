using GatewayMesh.Configuration.Matching;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy.Routing;

/// <summary>A request as seen by routing.</summary>
internal interface IRoutedRequest
{
    /// <summary>Connection of the request, with its listener.</summary>
    InboundConnection InboundConnection { get; }

    /// <summary>The mesh of the request.</summary>
    LiveMesh Mesh { get; }

    /// <summary>Host of the request, as received.</summary>
    string Host { get; }

    /// <summary>Target of the request.</summary>
    RequestTarget Target { get; }

    /// <summary>Mesh headers of the peer.</summary>
    MeshHeaderValues PeerHeaders { get; }

    /// <summary>The request as seen by the matches of routes.</summary>
    IRequestFacts Facts { get; }

    /// <summary>True if the request has waited for the registry.</summary>
    bool HasWaited { get; }

    /// <summary>Namespace of the caller, for consumer routes; empty if it has none or is unknown.</summary>
    string CallerNamespace { get; }

    /// <summary>Service that was asked for; set by the resolver, for logs.</summary>
    string Asked { get; set; }

    /// <summary>Random draw of splits; set by the first split, and the same in all hops.</summary>
    SplitSample? Draw { get; set; }
}
