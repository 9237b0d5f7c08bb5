namespace GatewayMesh.Configuration.Entries.Flags;

/// <summary>Kinds of filters of a feature flag.</summary>
public enum FlagFilterKind
{
    /// <summary><c>AlwaysOn</c>: every request.</summary>
    AlwaysOn,

    /// <summary><c>Microsoft.Percentage</c>: a share of the users, or of the requests without one.</summary>
    Percentage,

    /// <summary><c>Microsoft.TimeWindow</c>: a period, once or repeated.</summary>
    TimeWindow,

    /// <summary><c>Microsoft.Targeting</c>: users, groups, and shares of them.</summary>
    Targeting,
}
