using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Faults;

/// <summary>Samples of the distribution of a delay, held within its bounds.</summary>
internal static class DelaySample
{
    /// <summary>Returns the delay of one request.</summary>
    public static TimeSpan Of(FaultDelay delay, SplitMix random)
    {
        var sample = delay.Distribution switch
        {
            DelayDistribution.Uniform => delay.Min + ((delay.Max - delay.Min) * random.NextDouble()),
            DelayDistribution.Normal => delay.Mean + (delay.Deviation * Normal(random)),
            // Inversion; 1 − x is never zero.
            DelayDistribution.Exponential => delay.Mean * -Math.Log(1 - random.NextDouble()),
            _ => delay.Min,
        };
        return sample < delay.Min ? delay.Min : sample > delay.Max ? delay.Max : sample;
    }

    // Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958): one of the two.
    private static double Normal(SplitMix random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
