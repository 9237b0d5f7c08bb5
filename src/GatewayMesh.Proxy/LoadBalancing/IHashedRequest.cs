using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>A request as seen by hashing balancers. Read-only.</summary>
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
}
