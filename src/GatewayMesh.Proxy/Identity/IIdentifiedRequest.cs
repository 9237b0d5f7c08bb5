using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Identity;

/// <summary>A request as seen by caller identity. Read-only.</summary>
internal interface IIdentifiedRequest
{
    /// <summary>Connection of the request, with the identity of its peer.</summary>
    InboundConnection InboundConnection { get; }

    /// <summary>Behavior of the listener's kind.</summary>
    ListenerBehavior Behavior { get; }

    /// <summary>Head of the request.</summary>
    RequestHead Head { get; }

    /// <summary>Mesh headers of the peer.</summary>
    MeshHeaderValues PeerHeaders { get; }

    /// <summary>The caller, once it is known.</summary>
    Caller Caller { get; }

    /// <summary>The route, once it is known.</summary>
    Route Route { get; }
}
