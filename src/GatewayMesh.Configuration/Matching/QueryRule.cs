using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Matching;

/// <summary>What a rule of a router asks of one parameter of the query (Consul: <c>ServiceRouteHTTPMatchQueryParam</c>).</summary>
/// <param name="Name">Name of the parameter, to the letter.</param>
/// <param name="Test">How its value is compared.</param>
/// <param name="Value">With what; empty for <see cref="QueryTest.Present"/>.</param>
public sealed record QueryRule(string Name, QueryTest Test, string Value)
{
    private static readonly ImmutableArray<(string Key, QueryTest Test)> Tests = [("exact", QueryTest.Exact), ("regex", QueryTest.Regex)];

    internal static QueryRule Bind(MappingReader reader)
    {
        var name = reader.Required("name", ScalarTypes.Text) ?? "";
        var said = new List<(string Key, QueryTest Test, string Value)>();
        if (reader.Optional("present", ScalarTypes.Flag, false))
        {
            said.Add(("present", QueryTest.Present, ""));
        }

        foreach (var (key, test) in Tests)
        {
            if (reader.Has(key))
            {
                said.Add((key, test, reader.Optional(key, test == QueryTest.Regex ? RegexText.Type : ScalarTypes.Text, "")));
            }
        }

        if (said.Count != 1)
        {
            reader.Fail(said.Count == 0 ? "says nothing of the value" : $"{said[0].Key} stands beside {said[1].Key}", "say one of present: true, exact and regex");
        }

        return new QueryRule(name, said.Count > 0 ? said[0].Test : QueryTest.Present, said.Count > 0 ? said[0].Value : "");
    }
}
