namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>What one interval showed of an instance.</summary>
/// <param name="Good">Requests that went well.</param>
/// <param name="Bad">Requests without an answer, or answered with 500 to 599.</param>
/// <param name="Answers">Answers whose time was taken.</param>
/// <param name="Taken">The sum of those times.</param>
internal readonly record struct EndpointCounts(long Good, long Bad, long Answers, TimeSpan Taken)
{
    /// <summary>Requests that say something.</summary>
    public long Requests => Good + Bad;

    /// <summary>Share of those that went well, 0 to 1; 1 without any.</summary>
    public double SuccessRate => Requests == 0 ? 1 : (double)Good / Requests;

    /// <summary>Mean time to the head of an answer.</summary>
    public TimeSpan Mean => Answers == 0 ? TimeSpan.Zero : Taken / Answers;
}
