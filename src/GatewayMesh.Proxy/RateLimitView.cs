using GatewayMesh.Configuration.Policies.RateLimiting;

namespace GatewayMesh.Proxy;

/// <summary>A rate limit as shown by the admin, as of one moment.</summary>
/// <param name="Model">The declared limit.</param>
/// <param name="Buckets">Token buckets of this process.</param>
public sealed record RateLimitView(RateLimitModel Model, int Buckets);
