namespace GatewayMesh.Proxy.FeatureFlags;

/// <summary>Reason of a decision about a feature flag.</summary>
public enum FlagReason
{
    /// <summary>The filters of the flag hold, or do not hold, for the request.</summary>
    Filters,

    /// <summary>The flag is enabled and has no filters.</summary>
    NoFilters,

    /// <summary>The flag is not enabled.</summary>
    Disabled,

    /// <summary>An earlier proxy of the request decided.</summary>
    Carried,

    /// <summary>The flag is not declared.</summary>
    Unknown,

    /// <summary>The evaluation failed, so the flag is off.</summary>
    Failed,
}
