namespace GatewayMesh.Configuration.Matching;

/// <summary>How the value of a parameter of the query is compared; of several of one name the first counts.</summary>
public enum QueryTest
{
    /// <summary><c>Present</c>: the parameter is there.</summary>
    Present,

    /// <summary><c>Exact</c>: to the letter.</summary>
    Exact,

    /// <summary><c>Regex</c>: the whole value is matched (syntax of RE2).</summary>
    Regex,
}
