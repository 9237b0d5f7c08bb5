namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>Causes of ejections; the tag <c>cause</c> of <c>gatewaymesh_endpoint_ejections_total</c>.</summary>
public enum EjectionCause
{
    /// <summary>Not ejected.</summary>
    None,

    /// <summary>Consecutive attempts without a response (<c>consecutiveFailures</c>).</summary>
    ConsecutiveFailures,

    /// <summary>Consecutive responses with 502, 503, or 504 (<c>consecutiveGatewayFailures</c>).</summary>
    ConsecutiveGatewayFailures,

    /// <summary>Consecutive responses with 500 to 599 (<c>consecutive5xx</c>).</summary>
    Consecutive5xx,

    /// <summary>A lower success rate than the other instances (<c>successRate</c>).</summary>
    SuccessRate,

    /// <summary>Too many failures (<c>failurePercentage</c>).</summary>
    FailurePercentage,

    /// <summary>Slower than the other instances (<c>latency</c>).</summary>
    Latency,
}
