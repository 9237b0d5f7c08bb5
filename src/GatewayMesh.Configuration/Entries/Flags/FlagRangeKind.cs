namespace GatewayMesh.Configuration.Entries.Flags;

/// <summary><c>Range.Type</c> of a recurrence.</summary>
public enum FlagRangeKind
{
    /// <summary>Repeated for ever.</summary>
    NoEnd,

    /// <summary>Repeated until a date.</summary>
    EndDate,

    /// <summary>Repeated a number of times.</summary>
    Numbered,
}
