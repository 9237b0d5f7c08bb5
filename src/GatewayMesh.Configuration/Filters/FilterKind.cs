namespace GatewayMesh.Configuration.Filters;

/// <summary>What a selector leads to; it decides which operators there are.</summary>
internal enum FilterKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A text under a key that need not be there.</summary>
    PairText,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A list of texts.</summary>
    List,

    /// <summary>Free pairs.</summary>
    Pairs,
}
