namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Evidence of one request about an instance. An application's own response, including a 500, shows that the instance is alive. The policy
/// decides whether many error responses eject it (<c>ejection.consecutive5xx</c> and similar), and the maximum share of ejected instances
/// bounds the effect of one caller's poisonous requests.
/// </summary>
public enum EndpointOutcome
{
    /// <summary>No evidence: the client disconnected, or a deadline set by the caller passed.</summary>
    Cancelled,

    /// <summary>The instance responded successfully.</summary>
    Success,

    /// <summary>The instance responds, but the result is still open: a gRPC call whose status arrives at its end.</summary>
    Alive,

    /// <summary>No connection: refused, timed out, unreachable, not resolved.</summary>
    ConnectFailed,

    /// <summary>
    /// A connection but no application response: a reset, invalid data, no response within the policy's timeout, or a 502, 503, or 504 from
    /// the instance's own sidecar (identified by <c>Proxy-Status</c>).
    /// </summary>
    Failed,

    /// <summary>The application responded with 500 to 599 other than <see cref="GatewayError"/>, or an equivalent gRPC status.</summary>
    ServerError,

    /// <summary>The application responded with 502, 503, or 504, or an equivalent gRPC status.</summary>
    GatewayError,
}
