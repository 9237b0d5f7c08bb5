namespace GatewayMesh.Drills.Scenarios;

/// <summary>The results of one phase of a scenario.</summary>
/// <param name="answers">One outcome per request.</param>
/// <param name="worked">Number of requests at all applications, retries included.</param>
/// <param name="twice">Number of POSTs that were executed more than once.</param>
internal sealed class PhaseFigures(IReadOnlyCollection<ScenarioAnswer> answers, int worked, int twice = 0)
{
    private readonly double[] _latencies =
        [.. answers.Where(answer => answer.Status == 200).Select(answer => answer.Latency.TotalMilliseconds).Order()];

    /// <summary>Number of requests.</summary>
    public int Sent => answers.Count;

    /// <summary>Number of answers with status 200.</summary>
    public int Good => _latencies.Length;

    /// <summary>Number of requests without a good answer.</summary>
    public int Failed => Sent - Good;

    /// <summary>Number of POSTs that were executed more than once.</summary>
    public int Twice => twice;

    /// <summary>Number of answers with status 429.</summary>
    public int Refused => answers.Count(answer => answer.Status == 429);

    /// <summary>Number of answers with status 401.</summary>
    public int Unauthorized => answers.Count(answer => answer.Status == 401);

    /// <summary>Requests at the applications for each request of the load.</summary>
    public double Load => Sent == 0 ? 0 : (double)worked / Sent;

    /// <summary>Fraction of the good answers from one application, 0 to 1.</summary>
    public double ShareOf(string application) =>
        Good == 0 ? 0 : (double)answers.Count(answer => answer.Status == 200 && answer.Application == application) / Good;

    /// <summary>Number of users who got a good answer from one application.</summary>
    public int UsersOf(string application) =>
        answers.Where(answer => answer.Status == 200 && answer.Application == application && answer.User is not null)
            .Select(answer => answer.User)
            .Distinct()
            .Count();

    /// <summary>Number of users who got good answers from several applications.</summary>
    public int UsersOfSeveral =>
        answers.Where(answer => answer is { Status: 200, User: not null })
            .GroupBy(answer => answer.User)
            .Count(user => user.Select(answer => answer.Application).Distinct().Count() > 1);

    /// <summary>A quantile (0 to 1) of the latency of good answers, in milliseconds; not a number without any.</summary>
    public double Latency(double quantile) => Good == 0 ? double.NaN : _latencies[(int)((Good - 1) * quantile)];
}
