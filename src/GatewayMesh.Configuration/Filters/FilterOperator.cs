namespace GatewayMesh.Configuration.Filters;

/// <summary>What a test of a filter asks. <c>contains</c> is <see cref="In"/> with its sides exchanged.</summary>
internal enum FilterOperator
{
    /// <summary><c>==</c>.</summary>
    Equal,

    /// <summary><c>!=</c>.</summary>
    NotEqual,

    /// <summary><c>in</c> and <c>contains</c>: an item of a list, a key of pairs, or a part of a text.</summary>
    In,

    /// <summary><c>not in</c> and <c>not contains</c>.</summary>
    NotIn,

    /// <summary><c>is empty</c>.</summary>
    IsEmpty,

    /// <summary><c>is not empty</c>.</summary>
    IsNotEmpty,

    /// <summary><c>matches</c>: somewhere in the text (syntax of RE2).</summary>
    Matches,

    /// <summary><c>not matches</c>.</summary>
    NotMatches,
}
