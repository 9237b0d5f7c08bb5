namespace GatewayMesh.Configuration.Policies.RateLimiting;

/// <summary>Effect of a rate limit.</summary>
public enum RateLimitMode
{
    /// <summary><c>enforce</c>: requests beyond the rate are refused.</summary>
    Enforce,

    /// <summary><c>shadow</c>: requests beyond the rate are counted and pass.</summary>
    Shadow,
}
