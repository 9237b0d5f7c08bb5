namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Observes the progress of a request's body: once begun, the request cannot be sent to another instance.</summary>
internal interface IBodyObserver
{
    /// <summary>True if the response head has arrived.</summary>
    bool IsAnswered { get; }

    /// <summary>Called when the body is first read from the client.</summary>
    void BodyBegan();

    /// <summary>Called when the whole body has been sent.</summary>
    void BodyEnded();

    /// <summary>Called when the instance accepts no more of the content and the rest is not sent.</summary>
    void BodyRefused();
}
