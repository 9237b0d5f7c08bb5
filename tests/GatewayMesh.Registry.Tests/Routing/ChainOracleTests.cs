using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Tests.Routing;

/// <summary>Comparison with a real Consul: both refuse the same entries and compile the same routes.</summary>
[NonParallelizable]
internal sealed class ChainOracleTests
{
    private static readonly string[] Order = [
        "proxy-defaults", "service-defaults", "service-resolver", "service-splitter", "service-router"];

    private ConsulAgent _agent = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _agent = await ConsulAgent.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _agent.DisposeAsync();

    [TestCaseSource(typeof(ChainCase), nameof(ChainCase.OfTheOracle))]
    public async Task Consul_compiles_the_same_routes(string name)
    {
        var entries = new ChainCase(name);
        var ours = entries.Compile(out var errors);
        var written = Read(entries.Entries);
        var refused = await WriteAsync(written);
        try
        {
            Assert.That(refused is null, Is.EqualTo(ours is not null), $"Consul: {refused ?? "taken"}; ours: {errors}");
            foreach (var (service, chain) in ours ?? [])
            {
                var answer = JsonNode.Parse(await _agent.GetAsync($"/v1/discovery-chain/{service}"))!;
                Assert.That(ChainCase.Text(chain!), Is.EqualTo(ChainCase.Text(Normalized(ChainJson.Prune(answer)))));
            }
        }
        finally
        {
            await RemoveAsync(written);
        }
    }

    // Consul rounds each product of nested splits and keeps the difference, while the mesh's weights add up to 100 %.
    private static JsonNode Normalized(JsonNode chain)
    {
        foreach (var (_, node) in chain["Nodes"]!.AsObject())
        {
            var splits = node!["Splits"]?.AsArray() ?? [];
            if (splits.Count > 0 && splits.Sum(Weight) is var sum && sum != 100m)
            {
                var heaviest = splits.MaxBy(Weight)!;
                Assert.That(Math.Abs(100m - sum), Is.LessThanOrEqualTo(0.005m * splits.Count), "each weight is rounded to 0.01");
                heaviest["Weight"] = Weight(heaviest) + 100m - sum;
            }
        }

        return chain;

        static decimal Weight(JsonNode? split) => split!["Weight"]?.GetValue<decimal>() ?? 0m;
    }

    private static List<JsonObject> Read(string file)
    {
        var errors = new ConfigErrors();
        return [.. YamlDocuments.Read(File.ReadAllBytes(file), file, errors).Select(document => Json(document)!.AsObject())];
    }

    // Consul reads keys in any case.
    private static JsonNode? Json(ConfigNode node) => node switch
    {
        ConfigMapping mapping =>
            new JsonObject(
                [
                    .. mapping.Pairs.Select(
                        pair => KeyValuePair.Create(
                            pair.Key, pair.Value is ConfigScalar scalar ? Value(pair.Key, scalar.Text) : Json(pair.Value)))]),
        ConfigSequence sequence =>
            new JsonArray(
                [
                    .. sequence.Items.Select(
                        item => item is ConfigScalar scalar
                            && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                            ? JsonValue.Create(number)
                            : Json(item))]),
        ConfigScalar scalar => JsonValue.Create(scalar.Text),
        _ => null,
    };

    private static JsonNode? Value(string key, string text) =>
        text is "true" or "false" ? JsonValue.Create(text == "true")
        : key is "weight" or "numRetries" or "connectTimeout"
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number)
        : JsonValue.Create(text);

    // Writes entries that need each other in the order that Consul accepts; entries refused to the end count as refused.
    private async Task<string?> WriteAsync(IEnumerable<JsonObject> entries)
    {
        var left = entries.OrderBy(entry => Array.IndexOf(Order, Of(entry, "kind"))).ToList();
        while (true)
        {
            var refused = new List<(JsonObject Entry, string Why)>();
            foreach (var entry in left)
            {
                using var content = new StringContent(entry.ToJsonString(), Encoding.UTF8);
                using var answer = await _agent.Client.PutAsync(new Uri("/v1/config", UriKind.Relative), content);
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    refused.Add((entry, await answer.Content.ReadAsStringAsync()));
                }
            }

            if (refused.Count == 0 || refused.Count == left.Count)
            {
                return refused.Count == 0 ? null : refused[0].Why;
            }

            left = [.. refused.Select(entry => entry.Entry)];
        }
    }

    private async Task RemoveAsync(IEnumerable<JsonObject> entries)
    {
        var left = entries.OrderByDescending(entry => Array.IndexOf(Order, Of(entry, "kind"))).ToList();
        for (var before = left.Count + 1; left.Count > 0 && left.Count < before;)
        {
            before = left.Count;
            var refused = new List<JsonObject>();
            foreach (var entry in left)
            {
                using var answer = await _agent.Client.DeleteAsync(
                    new Uri($"/v1/config/{Of(entry, "kind")}/{Of(entry, "name")}", UriKind.Relative));
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    refused.Add(entry);
                }
            }

            left = refused;
        }

        Assert.That(left, Is.Empty, "all entries are deleted before the next case");
    }

    private static string Of(JsonObject entry, string key) => (string)(entry[key] ?? entry[char.ToUpperInvariant(key[0]) + key[1..]])!;
}
