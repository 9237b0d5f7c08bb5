namespace GatewayMesh.Configuration.Entries;

/// <summary>How the path of a request is compared.</summary>
public enum PathTest
{
    /// <summary><c>PathExact</c>: to the letter.</summary>
    Exact,

    /// <summary><c>PathPrefix</c>: it begins so; <c>/v1</c> is a prefix of <c>/v10</c>.</summary>
    Prefix,

    /// <summary><c>PathRegex</c>: the whole path is matched (syntax of RE2).</summary>
    Regex,
}
