namespace GatewayMesh.Configuration.Matching;

/// <summary>Comparison of a query parameter's value; the first of several parameters with the same name counts.</summary>
public enum QueryTest
{
    /// <summary><c>Present</c>: the parameter is present.</summary>
    Present,

    /// <summary><c>Exact</c>: the value is equal.</summary>
    Exact,

    /// <summary><c>Regex</c>: the whole value matches (RE2 syntax).</summary>
    Regex,
}
