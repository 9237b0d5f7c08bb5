using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;

namespace GatewayMesh.Proxy.AdaptiveConcurrency;

/// <summary>
/// Envoy's gradient controller: <c>gradient = minRTT × (1 + buffer) ÷ sampleRTT</c>, clamped to 0.5–2, and <c>limit' = limit × gradient +
/// √(limit × gradient)</c>. The square root is headroom, which lets a limit that is too small grow.
/// </summary>
internal static class Gradient
{
    private const double Steepest = 2;
    private const double Deepest = 0.5;

    /// <summary>Returns the next limit.</summary>
    /// <param name="limit">Current limit.</param>
    /// <param name="minRtt">Latency without load, in any unit.</param>
    /// <param name="sampleRtt">Current latency, in the same unit.</param>
    /// <param name="model">Buffer and bounds.</param>
    public static int Next(int limit, double minRtt, double sampleRtt, AdaptiveConcurrencyModel model)
    {
        var gradient = sampleRtt <= 0 ? Steepest : Math.Clamp(minRtt * (1 + model.Buffer) / sampleRtt, Deepest, Steepest);
        var next = limit * gradient;
        return (int)Math.Clamp(next + Math.Sqrt(next), model.MinConcurrency, model.MaxConcurrency);
    }
}
