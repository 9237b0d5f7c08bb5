namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>
/// Wait before a retry: uniformly distributed between zero and <see cref="Base"/> · 2ⁿ⁻¹ before the n-th retry, at most <see cref="Max"/>
/// ("full jitter": Brooker, "Exponential Backoff And Jitter", AWS 2015; as in Envoy).
/// </summary>
public sealed record BackoffModel
{
    /// <summary>Maximum wait before the first retry. Default: 25 ms, as in Envoy.</summary>
    public TimeSpan Base { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Maximum wait before any retry. Default: 250 ms, as in Envoy.</summary>
    public TimeSpan Max { get; init; } = TimeSpan.FromMilliseconds(250);

    internal BackoffModel Under(BackoffEntry entry) => this with { Base = entry.Base ?? Base, Max = entry.Max ?? Max };
}
