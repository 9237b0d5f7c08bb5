using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Entries;

/// <summary>What a permission asks of one header field.</summary>
/// <param name="Name">Name of the field, in lower case.</param>
/// <param name="Test">How its value is compared.</param>
/// <param name="Value">With what; empty for <see cref="HeaderTest.Present"/>.</param>
public sealed record HeaderRule(string Name, HeaderTest Test, string Value)
{
    private static readonly ImmutableArray<(string Key, HeaderTest Test)> Tests =
        [("exact", HeaderTest.Exact), ("prefix", HeaderTest.Prefix), ("suffix", HeaderTest.Suffix), ("contains", HeaderTest.Contains), ("regex", HeaderTest.Regex)];

    private static readonly ScalarType<string> FieldName = new("say the name of a header field, such as x-debug", text =>
        text.StartsWith(':') ? Scalar.Bad<string>($"{Quoted.Of(text)} is no header field", "use methods, pathExact, pathPrefix or pathRegex")
        : text.Length is > 0 and <= 256 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c)) ? Scalar.Good(text.ToLowerInvariant())
        : Scalar.Bad<string>($"{Quoted.Of(text)} is not the name of a header field", "say a name such as x-debug"));

    /// <summary>Whether the answer of the test is turned round. A field that is not there passes no test but <see cref="HeaderTest.Present"/>, turned round or not, as in Envoy. Default: false.</summary>
    public bool Invert { get; init; }

    /// <summary>Whether letters are compared without case. Default: false.</summary>
    public bool IgnoreCase { get; init; }

    internal static HeaderRule Bind(MappingReader reader)
    {
        var name = reader.Required("name", FieldName) ?? "";
        var ignoreCase = reader.Optional("ignoreCase", ScalarTypes.Flag, false);
        var said = new List<(string Key, HeaderTest Test, string Value)>();
        if (reader.Optional("present", ScalarTypes.Flag, false))
        {
            said.Add(("present", HeaderTest.Present, ""));
        }

        foreach (var (key, test) in Tests)
        {
            if (reader.Has(key))
            {
                said.Add((key, test, reader.Optional(key, test == HeaderTest.Regex ? RegexText.Type : ScalarTypes.Text, "")));
            }
        }

        if (said.Count != 1)
        {
            reader.Fail(
                said.Count == 0 ? "says nothing of the value" : $"{said[0].Key} stands beside {said[1].Key}",
                "say one of present: true, exact, prefix, suffix, contains and regex");
        }

        return new HeaderRule(name, said.Count > 0 ? said[0].Test : HeaderTest.Present, said.Count > 0 ? said[0].Value : "")
        {
            Invert = reader.Optional("invert", ScalarTypes.Flag, false),
            IgnoreCase = ignoreCase,
        };
    }
}
