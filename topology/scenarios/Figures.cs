namespace GatewayMesh.Scenarios;

/// <summary>What became of the requests of one phase.</summary>
/// <param name="answers">One for each request.</param>
/// <param name="worked">Requests that each instance saw, retries included.</param>
internal sealed class Figures(Answer[] answers, IReadOnlyDictionary<string, int> worked)
{
    private readonly double[] _latencies = [.. answers.Where(answer => answer.Status == 200).Select(answer => answer.Latency.TotalMilliseconds).Order()];

    public int Sent => answers.Length;

    public int Good => _latencies.Length;

    public int Failed => Sent - Good;

    /// <summary>Requests that the instances saw, for each that was sent.</summary>
    public double Load => Sent == 0 ? 0 : (double)worked.Values.Sum() / Sent;

    /// <summary>Share of the good answers that an instance gave.</summary>
    public double ShareOf(string instance) => Good == 0 ? 0 : (double)answers.Count(answer => answer.Status == 200 && answer.Instance == instance) / Good;

    /// <summary>Latency of the good answers, in milliseconds.</summary>
    public double Latency(double quantile) => Good == 0 ? double.NaN : _latencies[(int)((Good - 1) * quantile)];
}
