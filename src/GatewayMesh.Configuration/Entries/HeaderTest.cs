namespace GatewayMesh.Configuration.Entries;

/// <summary>How the value of a header field is compared. See <see cref="Matching.HeaderMatch"/> for several lines.</summary>
public enum HeaderTest
{
    /// <summary><c>Present</c>: the field is there.</summary>
    Present,

    /// <summary><c>Exact</c>: to the letter.</summary>
    Exact,

    /// <summary><c>Prefix</c>: it begins so.</summary>
    Prefix,

    /// <summary><c>Suffix</c>: it ends so.</summary>
    Suffix,

    /// <summary><c>Contains</c>: it has this in it.</summary>
    Contains,

    /// <summary><c>Regex</c>: the whole value is matched (syntax of RE2).</summary>
    Regex,
}
