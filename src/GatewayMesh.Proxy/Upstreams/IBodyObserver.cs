namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Is told how far a request's body has got: once begun, the request cannot be sent to another instance.</summary>
internal interface IBodyObserver
{
    /// <summary>True when the head of the answer is there.</summary>
    bool IsAnswered { get; }

    /// <summary>The body is being read from the client.</summary>
    void BodyBegan();

    /// <summary>All of it was sent.</summary>
    void BodyEnded();

    /// <summary>The instance takes no more of the content: the rest is not sent.</summary>
    void BodyRefused();
}
