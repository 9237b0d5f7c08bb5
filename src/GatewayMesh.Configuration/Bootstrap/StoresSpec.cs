namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Stores that nodes share (<c>stores</c>).</summary>
public sealed record StoresSpec
{
    /// <summary>Store of rate limits with <c>scope: mesh</c>; null: the limit is divided over the nodes. Default: null.</summary>
    public RedisSpec? RateLimits { get; init; }

    /// <summary>Store of idempotency keys; null: each callee's sidecar keeps its own on disk. Default: null.</summary>
    public RedisSpec? Idempotency { get; init; }
}
