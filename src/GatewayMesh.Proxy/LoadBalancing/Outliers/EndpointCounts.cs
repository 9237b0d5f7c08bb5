namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>Counts of an instance in one interval.</summary>
/// <param name="Good">Successful requests.</param>
/// <param name="Bad">Requests without a response, or with a response of 500 to 599.</param>
/// <param name="Answers">Responses with a measured latency.</param>
/// <param name="Taken">Sum of those latencies.</param>
internal readonly record struct EndpointCounts(long Good, long Bad, long Answers, TimeSpan Taken)
{
    /// <summary>Number of requests with evidence.</summary>
    public long Requests => Good + Bad;

    /// <summary>Success rate, 0 to 1; 1 without requests.</summary>
    public double SuccessRate => Requests == 0 ? 1 : (double)Good / Requests;

    /// <summary>Mean time to the response head.</summary>
    public TimeSpan Mean => Answers == 0 ? TimeSpan.Zero : Taken / Answers;
}
