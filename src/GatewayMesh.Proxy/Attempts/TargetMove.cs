using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.RateLimiting;

namespace GatewayMesh.Proxy.Attempts;

/// <summary>A move of a request to a failover target, with the permits that the request has taken there. The default is no move.</summary>
internal struct TargetMove
{
    /// <summary>Index of the target among those of the route's leaf; 0 for no move.</summary>
    public int Rank;

    /// <summary>Intentions that allow the call of the target; null if none were evaluated.</summary>
    public IntentionTable? AllowedBy;

    /// <summary>True if the target's service is another than the current one, so that <see cref="Limit"/> replaces the request's.</summary>
    public bool IsOtherService;

    /// <summary>Permits under the limits of the target's service.</summary>
    public LimitLease Limit;

    /// <summary>Rate limits that gave tokens; null for none.</summary>
    public ServiceRateLimits? Rates;

    /// <summary>Limits of <see cref="Rates"/> that gave tokens, a bit each.</summary>
    public uint Tokens;

    /// <summary>Word for the failure of the current target, for metrics.</summary>
    public string Reason;

    /// <summary>True if there is a move.</summary>
    public readonly bool IsSet => Rank > 0;
}
