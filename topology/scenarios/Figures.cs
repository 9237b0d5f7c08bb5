namespace GatewayMesh.Scenarios;

/// <summary>The results of one phase.</summary>
/// <param name="answers">One outcome per request.</param>
/// <param name="worked">Requests that each instance received, retries included.</param>
internal sealed class Figures(Answer[] answers, IReadOnlyDictionary<string, int> worked)
{
    private readonly double[] _latencies = [
        .. answers.Where(answer => answer.Status == 200).Select(answer => answer.Latency.TotalMilliseconds).Order()];

    public int Sent => answers.Length;

    public int Good => _latencies.Length;

    public int Failed => Sent - Good;

    /// <summary>Requests that the instances received per request that was sent.</summary>
    public double Load => Sent == 0 ? 0 : (double)worked.Values.Sum() / Sent;

    /// <summary>Fraction of the good answers from one instance.</summary>
    public double ShareOf(string instance) =>
        Good == 0 ? 0 : (double)answers.Count(answer => answer.Status == 200 && answer.Instance == instance) / Good;

    /// <summary>Latency of the good answers, in milliseconds.</summary>
    public double Latency(double quantile) => Good == 0 ? double.NaN : _latencies[(int)((Good - 1) * quantile)];
}
