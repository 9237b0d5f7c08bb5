namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>Why an instance was ejected; the tag <c>cause</c> of <c>gatewaymesh_endpoint_ejections_total</c>.</summary>
public enum EjectionCause
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Attempts in a row without an answer (<c>consecutiveFailures</c>).</summary>
    ConsecutiveFailures,

    /// <summary>Answers of 502, 503 and 504 in a row (<c>consecutiveGatewayFailures</c>).</summary>
    ConsecutiveGatewayFailures,

    /// <summary>Answers of 500 to 599 in a row (<c>consecutive5xx</c>).</summary>
    Consecutive5xx,

    /// <summary>It succeeded less often than the others (<c>successRate</c>).</summary>
    SuccessRate,

    /// <summary>It failed too often (<c>failurePercentage</c>).</summary>
    FailurePercentage,

    /// <summary>It was slower than the others (<c>latency</c>).</summary>
    Latency,
}
