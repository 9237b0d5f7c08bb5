using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Policies.Cors;

/// <summary>
/// Origins (RFC 6454) whose pages may call: one, all with a suffix, all below a name with one scheme and port, or all that match an
/// expression. One of the four is set.
/// </summary>
public sealed record CorsOrigin
{
    private static readonly ScalarType<string> Origin = new("use an origin, such as https://app.example", text =>
        text == "*"
        || (Uri.TryCreate(text, UriKind.Absolute, out var url) && text == $"{url.Scheme}://{url.Authority}")
            ? Scalar.Good(text)
            : Scalar.Bad<string>(
                $"{Quoted.Of(text)} is not an origin",
                "use an origin without a path and default port, such as https://app.example, or *; wildcard: https://*.app.example"));

    private static readonly ScalarType<string> Pattern = new("use a pattern, such as https://*.app.example", text =>
        OriginPattern.TryRead(text, out _)
            ? Scalar.Good(text)
            : Scalar.Bad<string>(
                $"{Quoted.Of(text)} is not a pattern of origins",
                "use http:// or https://, *. and a name, and a port unless it is the default one, such as https://*.app.example:8443"));

    private static readonly ScalarType<string> Ending = new("use a suffix, such as .app.example", text =>
        text is ['.', _, _, ..]
            ? Scalar.Good(text)
            : Scalar.Bad<string>(
                $"{Quoted.Of(text)} does not begin with a dot, so that it also matches names of others", "use .app.example"));

    private const string OfNobody = "https://anybody.invalid"; // no page has it (RFC 6761 §6.4)

    private Regex? _expression;
    private OriginPattern? _pattern;

    /// <summary>The origin, or <c>*</c> for all. Empty: not compared.</summary>
    public string Exact { get => field ?? ""; init; } = "";

    /// <summary>End of the origins, from a dot. Empty: not compared.</summary>
    public string Suffix { get => field ?? ""; init; } = "";

    /// <summary>
    /// Scheme, <c>*</c> for one or more labels, the rest of the name, and a port unless it is the scheme's own, such as
    /// <c>https://*.app.example:8443</c>. Empty: not compared.
    /// </summary>
    public string Wildcard { get => field ?? ""; init; } = "";

    /// <summary>Expression (RE2) that the whole origin matches. Empty: not compared.</summary>
    public string Regex { get => field ?? ""; init; } = "";

    [JsonIgnore]
    private OriginPattern? PatternOf => _pattern ??= OriginPattern.TryRead(Wildcard, out var read) ? read : null;

    [JsonIgnore]
    private Regex? Expression => _expression ??= RegexText.TryCompile(Regex, ignoreCase: false, out var compiled, out _) ? compiled : null;

    /// <summary>True if every page may call: <c>*</c>, or an expression that matches names of others, such as <c>.*</c>.</summary>
    [JsonIgnore]
    public bool IsAny => Exact == "*" || (Exact.Length + Suffix.Length + Wildcard.Length == 0 && Expression?.IsMatch(OfNobody) == true);

    /// <summary>True if pages of <paramref name="origin"/> may call.</summary>
    public bool Matches(string origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        return Exact.Length > 0 ? Exact == "*" || Exact.Equals(origin, StringComparison.OrdinalIgnoreCase)
            : Suffix.Length > 0 ? origin.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)
            : Wildcard.Length > 0 ? PatternOf?.Matches(origin) == true
            : Expression?.IsMatch(origin) == true;
    }

    internal static CorsOrigin Bind(MappingReader reader)
    {
        ReadOnlySpan<bool> set = [reader.Has("exact"), reader.Has("suffix"), reader.Has("wildcard"), reader.Has("regex")];
        if (set.Count(true) != 1)
        {
            reader.Fail("has not exactly one of exact, suffix, wildcard, and regex", "keep one of them");
        }

        return new CorsOrigin
        {
            Exact = reader.Optional("exact", Origin, ""),
            Suffix = reader.Optional("suffix", Ending, ""),
            Wildcard = reader.Optional("wildcard", Pattern, ""),
            Regex = reader.Optional("regex", RegexText.Type, ""),
        };
    }
}
