using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayMesh.Configuration.Filters;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Registry.Tests.Filters;

/// <summary>Comparison with a real Consul: filters select the same instances in both, or both refuse the filter.</summary>
[NonParallelizable]
internal sealed class FilterOracleTests
{
    private const int Seed = 20_261;

    private static readonly string[] Versions = ["v1", "v2", "v10", "1.2", ""];

    private static readonly string[] Tags = ["blue", "green", "canary", "v1"];

    private static readonly string[] Written =
    [
        "Service.Meta.version == v1",
        "Service.Meta.version==v1",
        "Service.Meta.version\t==\n\"v1\"",
        "Service.Meta.version != v1",
        "v1 in Service.Meta.version",
        "v1 not in Service.Meta.version",
        "Service.Meta.version contains v1",
        "Service.Meta.version not contains v1",
        "Service.Meta.version matches `v[0-9]+`",
        "Service.Meta.version not matches `v[0-9]+`",
        "Service.Meta.version matches `^v1$`",
        "Service.Meta.version matches `1|2`",
        "Service.Meta.absent matches `x`",
        "Service.Meta.absent not matches `x`",
        "Service.Meta.absent == x",
        "Service.Meta.absent != x",
        "x in Service.Meta.absent",
        "x not in Service.Meta.absent",
        "Service.Meta.version is empty",
        "Service.Meta is empty",
        "Service.Meta is not empty",
        "version in Service.Meta",
        "version not in Service.Meta",
        "Service.Meta contains version",
        "Service.Meta[\"version\"] == v1",
        "Service.Meta[ `version` ] == v1",
        "Service[\"Meta\"].version == v1",
        "Service.Meta.version == 1.2",
        "Service.Meta.version == \"1.2\"",
        "blue in Service.Tags",
        "\"blue\" in Service.Tags",
        "`blue` in Service.Tags",
        "blue not in Service.Tags",
        "Service.Tags contains blue",
        "Service.Tags not contains blue",
        "Service.Tags is empty",
        "Service.Tags is not empty",
        "Service.Tags == blue",
        "Service.Tags matches blue",
        "Service.Port == 8001",
        "Service.Port != 8001",
        "Service.Port == -1",
        "Service.Port == abc",
        "Service.Port == 1.5",
        "Service.Port in 8",
        "8001 in Service.Port",
        "Service.Port matches `8`",
        "Service.Port is empty",
        "Service.ID == a-1",
        "Service.ID == `a-1`",
        "Service.ID matches `-[12]$`",
        "`a` in Service.ID",
        "Service.Service == filtered",
        "Service.Service != filtered",
        "Service.Address == `10.0.0.1`",
        "Service.Address == 10.0.0.1",
        "Service.Address matches `^10[.]`",
        "Node.Datacenter == dc1",
        "Node.Datacenter != dc1",
        "Node.Node is empty",
        "Node.Meta.zone == a", "Node.Meta.zone != a", "Node.Meta.absent is empty", "zone in Node.Meta",
        "Service.Meta.version == v1 and blue in Service.Tags",
        "Service.Meta.version == v1 or blue in Service.Tags and Service.Port == 8001",
        "(Service.Meta.version == v1 or blue in Service.Tags) and Service.Port == 8001",
        "( Service.Meta.version == v1 )",
        "(Service.Meta.version == v1)and(Service.Port == 8001)",
        "(Service.Meta.version == v1) and (Service.Port == 8001)",
        "not Service.Meta.version == v1",
        "not not Service.Meta.version == v1",
        "not (Service.Meta.version == v1)",
        "not(Service.Meta.version == v1)",
        "not Service.Meta.version == v1 and blue in Service.Tags",
        "not Service.Tags is empty or Service.Port == 8001",
        "((Service.Port == 8001))",
        " Service.Port == 8001 ",
        "Service.Port == 8001 and",
        "and Service.Port == 8001",
        "Service.Port",
        "Service.Port = 8001",
        "Service.Port == ",
        "== 8001",
        "(Service.Port == 8001",
        "Service.Port == 8001)",
        "Service.Port == 8001 Service.Port == 8002",
        "Service.Nope == 1",
        "service.Port == 8001",
        "Bogus == 1",
        "Service == 1",
        "Service.Meta.version.deep == 1",
        "Service.Port.deep == 1",
        "Service.Tags.first == 1",
        "Service.Meta.version == 'v1'",
        "Service.Meta.version == \"v\\u0031\"",
        "Service.Meta.version == \"\\q\"",
        "Service.Meta.version == \"v1",
        "Service.Meta.version == v1 AND Service.Port == 8001",
        "Service.Meta.version matches `(`",
        "Service.Meta.version matches `(?=x)`",
        "Service.Meta.version matches ``",
        "Service.Meta.version == \"\"",
        "Service.Meta.my-key == 1",
        "Service.Meta[\"my-key\"] == dash",
        "Service.Meta.my_key == under",
        "Service.Meta.version == 01",
        "Service.Meta.version == -1",
        "Service.Meta.version == -v",
        "Service.Meta.version == Service.ID",
        "Service.Meta.version in Service.Tags",
        "1.2 in Service.Meta.version",
        "not in Service.Tags",
        "Service.Tags is  not   empty",
        "Service.Tags isempty",
        "Service.Tags is not empty and not (blue in Service.Tags or green in Service.Tags)",
    ];

    private readonly List<FilterSubject> _instances = [];
    private ConsulAgent _agent = null!;

    [OneTimeSetUp]
    public async Task RegisterAsync()
    {
        _agent = await ConsulAgent.StartAsync(new ConsulAgentOptions { Hcl = "node_meta { zone = \"a\" }" });
        var node = JsonNode.Parse(await _agent.GetAsync("/v1/agent/self"))!;
        var random = new Random(Seed);
        for (var i = 0; i < 24; i++)
        {
            var meta = new SortedDictionary<string, string>(StringComparer.Ordinal);
            if (random.Next(5) > 0)
            {
                meta["version"] = Versions[random.Next(Versions.Length)];
            }

            if (random.Next(3) == 0)
            {
                (meta["my-key"], meta["my_key"]) = ("dash", "under");
            }

            var subject = new FilterSubject
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{"ab"[i % 2]}-{i / 2}"),
                Service = "filtered",
                Address = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{i % 3}"),
                Port = 8000 + (i % 4),
                Tags = [.. Tags.Where(_ => random.Next(3) == 0)],
                Meta = meta,
                Node = _agent.Node,
                NodeAddress = "127.0.0.1",
                Datacenter = "dc1",
                NodeMeta = new Dictionary<string, string> { ["zone"] = "a", ["consul-network-segment"] = "" },
            };
            _instances.Add(subject);
            _ = await _agent.PutAsync("/v1/agent/service/register", new JsonObject
            {
                ["ID"] = subject.Id,
                ["Name"] = subject.Service,
                ["Address"] = subject.Address,
                ["Port"] = subject.Port,
                ["Tags"] = new JsonArray([.. subject.Tags.Select(tag => JsonValue.Create(tag))]),
                ["Meta"] = new JsonObject([.. meta.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value)))]),
            }.ToJsonString());
        }

        Assert.That(node["Member"], Is.Not.Null);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _agent.DisposeAsync();

    [TestCaseSource(nameof(Written))]
    public async Task A_filter_selects_the_same_instances_as_Consul(string filter) => await CompareAsync(filter);

    [Test]
    public async Task Three_hundred_random_filters_select_the_same_instances_as_Consul()
    {
        var random = new Random(Seed);
        var taken = 0;
        for (var i = 0; i < 300; i++)
        {
            taken += await CompareAsync(MakeUp(random, 3)) ? 1 : 0;
        }

        Assert.That(taken, Is.GreaterThan(200), "most of them are valid filters");
    }

    private static string MakeUp(Random random, int depth) => random.Next(depth > 0 ? 6 : 2) switch
    {
        2 => $"{MakeUp(random, depth - 1)} and {MakeUp(random, depth - 1)}",
        3 => $"{MakeUp(random, depth - 1)} or {MakeUp(random, depth - 1)}",
        4 => $"not {MakeUp(random, depth - 1)}",
        5 => $"({MakeUp(random, depth - 1)})",
        _ => Pick(random,
            $"Service.Meta.version {Pick(random, "==", "!=", "contains", "not contains", "matches", "not matches")} "
                + $"\"{Pick(random, Versions)}\"",
            $"{Pick(random, Tags)} {Pick(random, "in", "not in")} Service.Tags",
            $"Service.Port {Pick(random, "==", "!=", "==", "is")} {Pick(random, "8000", "8001", "8002", "9")}",
            $"Service.{Pick(random, "ID", "Address", "Service", "ID")} {Pick(random, "==", "!=", "matches", "contains")} "
                + $"\"{Pick(random, "a-1", "a", "10.0.0.1", "filtered", "1$")}\"",
            $"Service.{Pick(random, "Tags", "Meta", "Tags", "Meta", "ID")} {Pick(random, "is empty", "is not empty")}",
            $"{Pick(random, "version", "my-key", "none")} {Pick(random, "in", "not in")} Service.Meta".Replace(
                "my-key", "`my-key`", StringComparison.Ordinal)),
    };

    private static string Pick(Random random, params string[] words) => words[random.Next(words.Length)];

    private async Task<bool> CompareAsync(string filter)
    {
        using var answer = await _agent.Client.GetAsync(
            new Uri($"/v1/health/service/filtered?filter={Uri.EscapeDataString(filter)}", UriKind.Relative));
        var body = await answer.Content.ReadAsStringAsync();
        var theirs = answer.IsSuccessStatusCode
            ? JsonDocument.Parse(body)
                .RootElement.EnumerateArray()
                .Select(entry => entry.GetProperty("Service").GetProperty("ID").GetString()!)
                .Order(StringComparer.Ordinal)
                .ToImmutableArray()
            : default(ImmutableArray<string>?);
        var ours = FilterExpression.TryParse(filter, out var expression, out var error)
            ? _instances.Where(expression.Takes).Select(instance => instance.Id).Order(StringComparer.Ordinal).ToImmutableArray()
            : default(ImmutableArray<string>?);
        Assert.That(ours is null ? "refused" : string.Join(' ', ours), Is.EqualTo(theirs is null ? "refused" : string.Join(' ', theirs)),
            $"{filter}; ours: {error}; Consul: {(theirs is null ? body : "accepted")}");
        return theirs is not null;
    }
}
