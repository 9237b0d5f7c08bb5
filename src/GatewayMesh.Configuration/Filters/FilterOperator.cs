namespace GatewayMesh.Configuration.Filters;

/// <summary>Operator of a filter test. <c>contains</c> is <see cref="In"/> with its sides exchanged.</summary>
internal enum FilterOperator
{
    /// <summary><c>==</c>.</summary>
    Equal,

    /// <summary><c>!=</c>.</summary>
    NotEqual,

    /// <summary><c>in</c> and <c>contains</c>: an item of a list, a key of a map, or a part of a text.</summary>
    In,

    /// <summary><c>not in</c> and <c>not contains</c>.</summary>
    NotIn,

    /// <summary><c>is empty</c>.</summary>
    IsEmpty,

    /// <summary><c>is not empty</c>.</summary>
    IsNotEmpty,

    /// <summary><c>matches</c>: matches anywhere in the text (RE2 syntax).</summary>
    Matches,

    /// <summary><c>not matches</c>.</summary>
    NotMatches,
}
