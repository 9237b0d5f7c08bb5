namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>Extensions of ejection causes.</summary>
public static class EjectionCauses
{
    /// <summary>Returns the word of the cause for metrics, logs, and the admin; empty for <see cref="EjectionCause.None"/>.</summary>
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

    /// <summary>
    /// True if <paramref name="outcome"/> shows that the cause of an ejection no longer holds: any response after missing responses, a
    /// successful one after error responses.
    /// </summary>
    internal static bool IsOver(this EjectionCause cause, EndpointOutcome outcome) => outcome switch
    {
        EndpointOutcome.Success or EndpointOutcome.Alive => true,
        EndpointOutcome.ServerError =>
            cause is EjectionCause.ConsecutiveFailures or EjectionCause.ConsecutiveGatewayFailures or EjectionCause.Latency,
        EndpointOutcome.GatewayError => cause is EjectionCause.ConsecutiveFailures or EjectionCause.Latency,
        _ => false,
    };
}
