namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>What is known of causes.</summary>
public static class EjectionCauses
{
    /// <summary>The cause as a word of metrics, logs and the admin's answers; empty for <see cref="EjectionCause.None"/>.</summary>
    public static string Word(this EjectionCause cause) => cause switch
    {
        EjectionCause.ConsecutiveFailures => "consecutive_failures",
        EjectionCause.ConsecutiveGatewayFailures => "consecutive_gateway_failures",
        EjectionCause.Consecutive5xx => "consecutive_5xx",
        EjectionCause.SuccessRate => "success_rate",
        EjectionCause.FailurePercentage => "failure_percentage",
        EjectionCause.Latency => "latency",
        _ => "",
    };

    /// <summary>Whether <paramref name="outcome"/> of a request shows that what an instance was ejected for is over: an answer of any kind where there was none, a good one where answers were bad.</summary>
    internal static bool IsOver(this EjectionCause cause, EndpointOutcome outcome) => outcome switch
    {
        EndpointOutcome.Success or EndpointOutcome.Alive => true,
        EndpointOutcome.ServerError => cause is EjectionCause.ConsecutiveFailures or EjectionCause.ConsecutiveGatewayFailures or EjectionCause.Latency,
        EndpointOutcome.GatewayError => cause is EjectionCause.ConsecutiveFailures or EjectionCause.Latency,
        _ => false,
    };
}
