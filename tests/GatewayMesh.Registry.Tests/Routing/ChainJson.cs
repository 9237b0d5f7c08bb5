using System.Globalization;
using System.Text.Json.Nodes;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Registry.Tests.Routing;

/// <summary>
/// Writes routes in the form of Consul's discovery chain and reduces Consul's chain to the same: without namespaces, gateways and server
/// names, keys in order.
/// </summary>
internal static class ChainJson
{
    // The next node has everything about the destination.
    private static readonly string[] NotAboutRoutes = ["Namespace", "MeshGateway", "SNI", "External", "CreateIndex", "ModifyIndex"];

    public static JsonNode Write(Chain chain)
    {
        var nodes = new Dictionary<string, JsonNode?>();
        var targets = new Dictionary<string, JsonNode?>();
        Add(chain.Start, nodes, targets);
        return Sorted(new JsonObject
        {
            ["ServiceName"] = chain.Service,
            ["Datacenter"] = ChainCase.Datacenter,
            ["Protocol"] = chain.Protocol,
            ["StartNode"] = KeyOf(chain.Start),
            ["Nodes"] = new JsonObject(nodes),
            ["Targets"] = new JsonObject(targets),
        });
    }

    /// <summary>Consul's answer, reduced to its routes.</summary>
    public static JsonNode Prune(JsonNode answer)
    {
        var chain = answer["Chain"]!.DeepClone().AsObject();
        foreach (var (_, node) in chain["Nodes"]!.AsObject())
        {
            foreach (var route in node!["Routes"]?.AsArray() ?? [])
            {
                var definition = route!["Definition"]!.AsObject();
                if (definition["Destination"] is JsonObject destination)
                {
                    _ = destination.Remove("Service");
                    _ = destination.Remove("ServiceSubset");
                }

                var http = definition["Match"]?["HTTP"] as JsonObject;
                if (http is null or { Count: 0 } || (http.Count == 1 && (string?)http["PathPrefix"] == "/"))
                {
                    _ = definition.Remove("Match");
                }
            }
        }

        foreach (var (_, target) in chain["Targets"]!.AsObject())
        {
            _ = target!.AsObject().Remove("Name");
        }

        return Sorted(chain);
    }

    private static void Add(RouteNode node, Dictionary<string, JsonNode?> nodes, Dictionary<string, JsonNode?> targets)
    {
        if (nodes.ContainsKey(KeyOf(node)))
        {
            return;
        }

        nodes[KeyOf(node)] = null;
        nodes[KeyOf(node)] = node switch
        {
            RouterNode router =>
                new JsonObject
                {
                    ["Type"] = "router",
                    ["Name"] = router.Name,
                    ["Routes"] = new JsonArray([.. router.Rules.Select(rule => Write(rule))]),
                },
            SplitterNode splitter =>
                new JsonObject { ["Type"] = "splitter", ["Name"] = splitter.Name,
                ["Splits"] = new JsonArray([.. splitter.Legs.Select(leg =>
                Present(("Weight", leg.Weight == 0 ? null : leg.Weight / 100m), ("NextNode", KeyOf(leg.Next))))]) },
            ResolverNode resolver => Write(resolver, targets),
            _ => throw new InvalidOperationException(node.ToString()),
        };
        foreach (
            var next in node switch
            {
                RouterNode router => router.Rules.Select(rule => rule.Next),
                SplitterNode splitter => splitter.Legs.Select(leg => leg.Next),
                _ => [],
            })
        {
            Add(next, nodes, targets);
        }
    }

    private static JsonObject Write(RouteRule rule)
    {
        var definition = new JsonObject();
        if (rule.Match is { } match && Write(match) is { Count: > 0 } http && !(http.Count == 1 && (string?)http["PathPrefix"] == "/"))
        {
            definition["Match"] = new JsonObject { ["HTTP"] = http };
        }

        var action = rule.Action;
        definition["Destination"] = Present(
            ("PrefixRewrite", action.PrefixRewrite),
            ("RequestTimeout", action.RequestTimeout is { } timeout ? Duration(timeout) : null),
            ("NumRetries", action.NumRetries),
            ("RetryOnConnectFailure", action.RetryOnConnectFailure ? true : null),
            (
                "RetryOnStatusCodes",
                action.RetryOnStatusCodes.IsEmpty
                    ? null
                    : new JsonArray([.. action.RetryOnStatusCodes.Select(status => JsonValue.Create(status))])));
        return new JsonObject { ["Definition"] = definition, ["NextNode"] = KeyOf(rule.Next) };
    }

    private static JsonObject Write(RouteMatch match) => Present(
        ("PathExact", match.Path is { Test: PathTest.Exact } exact ? exact.Value : null),
        ("PathPrefix", match.Path is { Test: PathTest.Prefix } prefix ? prefix.Value : null),
        ("PathRegex", match.Path is { Test: PathTest.Regex } regex ? regex.Value : null),
        ("Header", match.Headers.IsEmpty ? null : new JsonArray([.. match.Headers.Select(rule => Present(("Name", rule.Name),
            (rule.Test.ToString(), rule.Test == HeaderTest.Present ? true : rule.Value), ("Invert", rule.Invert ? true : null)))])),
        ("QueryParam", match.Query.IsEmpty ? null : new JsonArray([.. match.Query.Select(rule =>
            Present(("Name", rule.Name), (rule.Test.ToString(), rule.Test == QueryTest.Present ? true : rule.Value)))])),
        ("Methods", match.Methods.IsEmpty ? null : new JsonArray([.. match.Methods.Select(method => JsonValue.Create(method))])));

    private static JsonObject Write(ResolverNode resolver, Dictionary<string, JsonNode?> targets)
    {
        foreach (var target in resolver.Failover.Prepend(resolver.Target))
        {
            targets[target.Id] = Present(
                ("ID", target.Id),
                ("Service", target.Service),
                ("ServiceSubset", target.Subset.Length > 0 ? target.Subset : null),
                ("Datacenter", target.Datacenter),
                ("Subset", Present(("Filter", target.Filter.Length > 0 ? target.Filter : null),
                    ("OnlyPassing", target.OnlyPassing ? true : null))));
        }

        return new JsonObject
        {
            ["Type"] = "resolver",
            ["Name"] = resolver.Name,
            ["Resolver"] = Present(
                ("ConnectTimeout", Duration(resolver.ConnectTimeout ?? TimeSpan.FromSeconds(5))),
                ("Default", resolver.IsDefault ? true : null),
                (
                    "Failover",
                    resolver.Failover.IsEmpty
                        ? null
                        : new JsonObject
                        {
                            ["Targets"] = new JsonArray([.. resolver.Failover.Select(target => JsonValue.Create(target.Id))]),
                        }),
                ("LoadBalancer", resolver.LoadBalancer?.Policy.ToString()),
                ("RequestTimeout", resolver.RequestTimeout is { } timeout ? Duration(timeout) : null),
                ("Target", resolver.Target.Id)),
        };
    }

    private static JsonObject Present(params (string Key, JsonNode? Value)[] pairs) =>
        new([.. pairs.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value))]);

    private static string KeyOf(RouteNode node) =>
        node switch { RouterNode => "router:", SplitterNode => "splitter:", _ => "resolver:" } + node.Name;

    // The format of Go's durations.
    private static string Duration(TimeSpan value)
    {
        var seconds = value.TotalSeconds - (Math.Floor(value.TotalMinutes) * 60);
        return value < TimeSpan.FromSeconds(1) ? string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds}ms")
            : (value.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)value.TotalHours}h") : "")
            + (value.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{value.Minutes}m") : "")
            + string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###}s");
    }

    // Drops empty sections and normalizes numbers.
    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject pairs => new JsonObject([.. pairs
            .Where(pair => pair.Value is not null && !NotAboutRoutes.Contains(pair.Key))
            .Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, Sorted(pair.Value!)))
            .Where(pair => pair.Value is not JsonObject { Count: 0 } || pair.Key is "Nodes" or "Targets")
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)]),
        JsonArray items => new JsonArray([.. items.Select(item => Sorted(item!))]),
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.Number =>
            JsonValue.Create(
                Math.Round(decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture), 2) / 1.000000m),
        _ => node.DeepClone(),
    };
}
