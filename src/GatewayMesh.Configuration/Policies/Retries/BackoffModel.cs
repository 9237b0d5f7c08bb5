namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>
/// How long to wait before a retry: a time drawn evenly between nothing and <see cref="Base"/> · 2ⁿ⁻¹ before the n-th, at most <see cref="Max"/>
/// ("full jitter": Brooker, "Exponential Backoff And Jitter", AWS 2015; Envoy does the same).
/// </summary>
public sealed record BackoffModel
{
    /// <summary>Longest wait before the first retry. Default: 25 ms, as in Envoy.</summary>
    public TimeSpan Base { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Longest wait before any. Default: 250 ms, as in Envoy.</summary>
    public TimeSpan Max { get; init; } = TimeSpan.FromMilliseconds(250);

    internal BackoffModel Under(BackoffEntry entry) => this with { Base = entry.Base ?? Base, Max = entry.Max ?? Max };
}
