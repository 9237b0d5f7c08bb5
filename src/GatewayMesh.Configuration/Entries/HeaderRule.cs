using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Entries;

/// <summary>A permission's condition on one header field.</summary>
/// <param name="Name">Name of the field, in lower case.</param>
/// <param name="Test">Comparison.</param>
/// <param name="Value">Operand of the comparison; empty for <see cref="HeaderTest.Present"/>.</param>
public sealed record HeaderRule(string Name, HeaderTest Test, string Value)
{
    private static readonly ImmutableArray<(string Key, HeaderTest Test)> Tests =
        [
            ("exact", HeaderTest.Exact),
            ("prefix", HeaderTest.Prefix),
            ("suffix", HeaderTest.Suffix),
            ("contains", HeaderTest.Contains),
            ("regex", HeaderTest.Regex)];

    private static readonly ScalarType<string> FieldName = new("use the name of a header field, such as x-debug", text =>
        text.StartsWith(':') ? Scalar.Bad<string>(
            $"{Quoted.Of(text)} is a pseudo-header, not a header field", "use methods, pathExact, pathPrefix or pathRegex")
        : text.Length is > 0 and <= 256
            && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c)) ? Scalar.Good(text.ToLowerInvariant())
        : Scalar.Bad<string>($"{Quoted.Of(text)} is not the name of a header field", "use a name such as x-debug"));

    /// <summary>
    /// True if the result is inverted. An absent field passes only <see cref="HeaderTest.Present"/>, inverted or not, as in Envoy. Default:
    /// false.
    /// </summary>
    public bool Invert { get; init; }

    /// <summary>True if case is ignored. Default: false.</summary>
    public bool IgnoreCase { get; init; }

    internal static HeaderRule Bind(MappingReader reader)
    {
        var name = reader.Required("name", FieldName) ?? "";
        var ignoreCase = reader.Optional("ignoreCase", ScalarTypes.Flag, false);
        var tests = new List<(string Key, HeaderTest Test, string Value)>();
        if (reader.Optional("present", ScalarTypes.Flag, false))
        {
            tests.Add(("present", HeaderTest.Present, ""));
        }

        foreach (var (key, test) in Tests)
        {
            if (reader.Has(key))
            {
                tests.Add((key, test, reader.Optional(key, test == HeaderTest.Regex ? RegexText.Type : ScalarTypes.Text, "")));
            }
        }

        if (tests.Count != 1)
        {
            reader.Fail(
                tests.Count == 0 ? "has no test of the value" : $"{tests[0].Key} conflicts with {tests[1].Key}",
                "set one of present: true, exact, prefix, suffix, contains and regex");
        }

        return new HeaderRule(name, tests.Count > 0 ? tests[0].Test : HeaderTest.Present, tests.Count > 0 ? tests[0].Value : "")
        {
            Invert = reader.Optional("invert", ScalarTypes.Flag, false),
            IgnoreCase = ignoreCase,
        };
    }
}
