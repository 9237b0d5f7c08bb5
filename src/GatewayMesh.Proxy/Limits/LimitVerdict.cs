namespace GatewayMesh.Proxy.Limits;

/// <summary>Result of a request for a permit.</summary>
internal enum LimitVerdict
{
    /// <summary>A permit was taken.</summary>
    Admitted,

    /// <summary>No permit is free for any request.</summary>
    Full,

    /// <summary>The free permits are reserved for more critical requests.</summary>
    Shed,
}
