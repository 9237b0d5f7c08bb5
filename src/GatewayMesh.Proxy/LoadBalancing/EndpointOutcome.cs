namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// What one request showed of an instance. An application's own answer, 500 included, shows that it lives: were a 500 a failure, one caller's
/// poisonous request would eject every instance for all callers.
/// </summary>
public enum EndpointOutcome
{
    /// <summary>Nothing: the client went away, or a deadline that the caller chose ran out.</summary>
    Cancelled,

    /// <summary>It answered.</summary>
    Success,

    /// <summary>No connection: refused, timed out, unreachable, not resolved.</summary>
    ConnectFailed,

    /// <summary>
    /// A connection and no answer of the application: reset, garbage, no response in the time that the policy gives,
    /// or a 502, 503 or 504 by the instance's own sidecar (known by its <c>Proxy-Status</c>).
    /// </summary>
    Failed,
}
