namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// What one request showed of an instance. An application's own answer, 500 included, shows that it lives; whether many such answers eject it is the policy's to say
/// (<c>ejection.consecutive5xx</c> and its like), and the share of the instances that may be ejected bounds what one caller's poisonous requests can do.
/// </summary>
public enum EndpointOutcome
{
    /// <summary>Nothing: the client went away, or a deadline that the caller chose ran out.</summary>
    Cancelled,

    /// <summary>It answered.</summary>
    Success,

    /// <summary>It answers, and how well is not known yet: a gRPC call whose status comes at its end.</summary>
    Alive,

    /// <summary>No connection: refused, timed out, unreachable, not resolved.</summary>
    ConnectFailed,

    /// <summary>
    /// A connection and no answer of the application: reset, garbage, no response in the time that the policy gives,
    /// or a 502, 503 or 504 by the instance's own sidecar (known by its <c>Proxy-Status</c>).
    /// </summary>
    Failed,

    /// <summary>The application answered 500 to 599 other than <see cref="GatewayError"/>, or a gRPC status that means as much.</summary>
    ServerError,

    /// <summary>The application answered 502, 503 or 504, or a gRPC status that means as much.</summary>
    GatewayError,
}
