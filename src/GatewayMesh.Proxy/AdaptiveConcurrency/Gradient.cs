using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;

namespace GatewayMesh.Proxy.AdaptiveConcurrency;

/// <summary>
/// The rule of Envoy's gradient controller: <c>gradient = minRTT × (1 + buffer) ÷ sampleRTT</c>, held within 0.5 and 2, and
/// <c>limit' = limit × gradient + √(limit × gradient)</c>. The root is head room: with it a limit that is too small is found out.
/// </summary>
internal static class Gradient
{
    private const double Steepest = 2;
    private const double Deepest = 0.5;

    /// <summary>The next limit.</summary>
    /// <param name="limit">The limit so far.</param>
    /// <param name="minRtt">Latency without load, in any unit.</param>
    /// <param name="sampleRtt">Latency now, in the same unit.</param>
    /// <param name="model">Buffer and bounds.</param>
    public static int Next(int limit, double minRtt, double sampleRtt, AdaptiveConcurrencyModel model)
    {
        var gradient = sampleRtt <= 0 ? Steepest : Math.Clamp(minRtt * (1 + model.Buffer) / sampleRtt, Deepest, Steepest);
        var next = limit * gradient;
        return (int)Math.Clamp(next + Math.Sqrt(next), model.MinConcurrency, model.MaxConcurrency);
    }
}
