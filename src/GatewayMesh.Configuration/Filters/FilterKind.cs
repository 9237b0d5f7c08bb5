namespace GatewayMesh.Configuration.Filters;

/// <summary>Type of a selector's value; decides which operators apply.</summary>
internal enum FilterKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A text under an optional key.</summary>
    PairText,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A list of texts.</summary>
    List,

    /// <summary>A map of texts.</summary>
    Pairs,
}
