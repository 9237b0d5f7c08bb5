using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>A request as seen by hashing balancers.</summary>
internal interface IHashedRequest
{
    /// <summary>Connection of the request, with the address of the client.</summary>
    InboundConnection InboundConnection { get; }

    /// <summary>Behavior of the listener's kind.</summary>
    ListenerBehavior Behavior { get; }

    /// <summary>Head of the request.</summary>
    RequestHead Head { get; }

    /// <summary>Target of the request.</summary>
    RequestTarget Target { get; }

    /// <summary>Cookies made for the request; null for none.</summary>
    AffinityCookies? Cookies { get; set; }
}
