using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Matching;

/// <summary>A router's condition on one query parameter (Consul: <c>ServiceRouteHTTPMatchQueryParam</c>).</summary>
/// <param name="Name">Exact name of the parameter.</param>
/// <param name="Test">Comparison.</param>
/// <param name="Value">Operand of the comparison; empty for <see cref="QueryTest.Present"/>.</param>
public sealed record QueryRule(string Name, QueryTest Test, string Value)
{
    private static readonly ImmutableArray<(string Key, QueryTest Test)> Tests = [("exact", QueryTest.Exact), ("regex", QueryTest.Regex)];

    internal static QueryRule Bind(MappingReader reader)
    {
        var name = reader.Required("name", ScalarTypes.Text) ?? "";
        var tests = new List<(string Key, QueryTest Test, string Value)>();
        if (reader.Optional("present", ScalarTypes.Flag, false))
        {
            tests.Add(("present", QueryTest.Present, ""));
        }

        foreach (var (key, test) in Tests)
        {
            if (reader.Has(key))
            {
                tests.Add((key, test, reader.Optional(key, test == QueryTest.Regex ? RegexText.Type : ScalarTypes.Text, "")));
            }
        }

        if (tests.Count != 1)
        {
            reader.Fail(
                tests.Count == 0 ? "has no test of the value" : $"{tests[0].Key} conflicts with {tests[1].Key}",
                "set one of present: true, exact and regex");
        }

        return new QueryRule(name, tests.Count > 0 ? tests[0].Test : QueryTest.Present, tests.Count > 0 ? tests[0].Value : "");
    }
}
