namespace GatewayMesh.Configuration.Entries;

/// <summary>Comparison of a request's path.</summary>
public enum PathTest
{
    /// <summary><c>PathExact</c>: the path is equal.</summary>
    Exact,

    /// <summary><c>PathPrefix</c>: the path starts with the operand; <c>/v1</c> is a prefix of <c>/v10</c>.</summary>
    Prefix,

    /// <summary><c>PathRegex</c>: the whole path matches (RE2 syntax).</summary>
    Regex,
}
