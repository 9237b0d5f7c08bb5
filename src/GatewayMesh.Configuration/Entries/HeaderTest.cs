namespace GatewayMesh.Configuration.Entries;

/// <summary>Comparison of a header field's value. See <see cref="Matching.HeaderMatch"/> for fields with several lines.</summary>
public enum HeaderTest
{
    /// <summary><c>Present</c>: the field is present.</summary>
    Present,

    /// <summary><c>Exact</c>: the value is equal.</summary>
    Exact,

    /// <summary><c>Prefix</c>: the value starts with the operand.</summary>
    Prefix,

    /// <summary><c>Suffix</c>: the value ends with the operand.</summary>
    Suffix,

    /// <summary><c>Contains</c>: the value contains the operand.</summary>
    Contains,

    /// <summary><c>Regex</c>: the whole value matches (RE2 syntax).</summary>
    Regex,
}
