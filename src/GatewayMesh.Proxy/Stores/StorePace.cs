namespace GatewayMesh.Proxy.Stores;

/// <summary>Waits for a shared store.</summary>
/// <param name="Patience">Longest wait of a request.</param>
/// <param name="ProbeInterval">Time between two probes; a store that was late is not used before a probe was in time.</param>
internal sealed record StorePace(TimeSpan Patience, TimeSpan ProbeInterval)
{
    /// <summary>Rate limits: a node decides by itself after 20 ms.</summary>
    public static StorePace RateLimits { get; } = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1));

    /// <summary>Idempotency keys: a request is refused after 500 ms.</summary>
    public static StorePace Keys { get; } = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(250));
}
