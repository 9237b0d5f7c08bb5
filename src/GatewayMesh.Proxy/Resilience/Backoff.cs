using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>Wait before a retry: full jitter (see <see cref="BackoffModel"/>).</summary>
internal static class Backoff
{
    private const int MaxDoublings = 16;

    /// <summary>Returns the wait before the <paramref name="retry"/>-th retry, 1 for the first.</summary>
    public static TimeSpan Before(int retry, BackoffModel backoff, SplitMix random)
    {
        var longest = Math.Min(backoff.Base.Ticks * (double)(1 << Math.Min(retry - 1, MaxDoublings)), backoff.Max.Ticks);
        return TimeSpan.FromTicks((long)(longest * random.NextDouble()));
    }
}
