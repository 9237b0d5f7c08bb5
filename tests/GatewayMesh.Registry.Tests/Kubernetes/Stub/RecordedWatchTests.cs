using System.Text.Json.Nodes;
using GatewayMesh.Fixtures.Kubernetes;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Kubernetes.Stub;

/// <summary>The stub against recorded watches: the same changes give the same lines, but for versions, ids, and times.</summary>
public sealed class RecordedWatchTests
{
    private const string Start = "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

    /// <summary>Query of watches that are no streaming list of a second.</summary>
    private static readonly Dictionary<string, string> Queries = new()
    {
        ["watch-410.jsonl"] = "?watch=true&resourceVersion=300&timeoutSeconds=5",
        ["watch-endpointslices-node-lost.jsonl"] = "?watch=true&labelSelector=kubernetes.io%2Fservice-name%3Dapi&resourceVersion={0}",
        ["watch-endpointslices-podlife.jsonl"] = Start,
        ["watch-httproutes.jsonl"] = Start,
        ["watch-nodes-node-lost.jsonl"] = "?watch=true&resourceVersion={0}",
        ["watch-pods-podlife.jsonl"] = Start,
        ["watch-selector-left.jsonl"] = "?watch=true&labelSelector=team%3Da&resourceVersion={0}",
        ["watch-servicepolicies-crd-deleted.jsonl"] = Start,
        ["watch-services.jsonl"] = Start + "&timeoutSeconds=75",
    };

    private FakeTimeProvider _time = null!;
    private ApiServer _server = null!;

    [SetUp]
    public async Task Open()
    {
        _time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _server = await ApiServer.StartAsync(new ApiServerOptions { Time = _time });
        foreach (var name in new[] { "default", "kube-system" })
        {
            _server.Store.Drop("namespaces", "", name);
        }
    }

    [TearDown]
    public ValueTask Close() => _server.DisposeAsync();

    private static IEnumerable<string> Watches() => Recording.All().Where(name => name.EndsWith(".jsonl", StringComparison.Ordinal));

    [TestCaseSource(nameof(Watches))]
    public async Task The_stub_watches_as_recorded(string name)
    {
        var lines = Recording.Lines(name);
        var (kind, space) = KindOf(name);
        var query = Queries.GetValueOrDefault(name) ?? Start + "&timeoutSeconds=1";
        var initial = query.Contains("sendInitialEvents", StringComparison.Ordinal)
            ? lines.TakeWhile(line => !line.Contains("initial-events-end", StringComparison.Ordinal)).Count()
            : 0;
        Prepare(name, kind, lines, initial);
        var version = _server.Store.Version;
        var path = kind.Group.Length == 0 ? "/api/v1" : $"/apis/{kind.ApiVersion}";
        var target = $"{path}{space}/{kind.Plural}{string.Format(System.Globalization.CultureInfo.InvariantCulture, query, version)}";
        using var client = _server.CreateClient();
        using var reader = new StreamReader(await client.GetStreamAsync(new Uri(target, UriKind.Relative)));
        for (var index = 0; index < lines.Length; index++)
        {
            if (index >= initial)
            {
                Change(name, kind, lines, index);
            }

            Assert.That(
                Normalized.Of(await LineAsync(reader, isMark: index > initial && TypeOf(lines[index]) == "BOOKMARK") ?? "the end"),
                Is.EqualTo(Normalized.Of(lines[index])),
                $"line {index + 1}");
        }

        if (name == "watch-servicepolicies-crd-deleted.jsonl" || query.Contains("timeoutSeconds", StringComparison.Ordinal))
        {
            Assert.That(await LineAsync(reader, isMark: true), Is.Null, "the end");
        }
    }

    private static string TypeOf(string line) => (string)JsonNode.Parse(line)!["type"]!;

    private static JsonObject ObjectOf(string line) => JsonNode.Parse(line)!["object"]!.AsObject();

    private (ApiKind Kind, string Space) KindOf(string name)
    {
        var word = name.Split('.')[0].Split('-')[1];
        return (
            _server.Store.Find(word is "selector" or "410" ? "services" : word)!, word == "pods" ? "/namespaces/shop" : "");
    }

    private void Prepare(string name, ApiKind kind, string[] lines, int initial)
    {
        foreach (var line in lines.Take(initial))
        {
            _ = _server.Store.Seed(kind.Plural, ObjectOf(line));
        }

        if (name == "watch-410.jsonl")
        {
            _server.Store.Advance(578);
            _server.Store.Restarted();
        }
        else if (initial == 0 && TypeOf(lines[0]) != "BOOKMARK")
        {
            // The object was there before the watch.
            _ = _server.Store.Seed(kind.Plural, Before(name, lines));
        }
    }

    private static JsonObject Before(string name, string[] lines)
    {
        var before = ObjectOf(lines[0]);
        if (name != "watch-selector-left.jsonl")
        {
            before["metadata"]!["annotations"] = new JsonObject { ["before"] = "true" };
        }

        return before;
    }

    // The change of which a line tells.
    private void Change(string name, ApiKind kind, string[] lines, int index)
    {
        var (type, changed) = (TypeOf(lines[index]), ObjectOf(lines[index]));
        changed["metadata"]!.AsObject().Remove("resourceVersion");
        switch (type)
        {
            case "ADDED" or "MODIFIED":
                _ = _server.Store.Seed(kind.Plural, changed);
                break;
            case "DELETED" when name == "watch-selector-left.jsonl":
                changed["metadata"]!["labels"]!["team"] = "b";
                _ = _server.Store.Seed(kind.Plural, changed);
                break;
            case "DELETED" when name == "watch-servicepolicies-crd-deleted.jsonl":
                _server.Store.Uninstall(kind.Plural);
                break;
            case "DELETED":
                _server.Store.Drop(kind.Plural, (string?)changed["metadata"]!["namespace"] ?? "", (string)changed["metadata"]!["name"]!);
                break;
            default:
                break;
        }
    }

    // A periodic bookmark and the end of a watch come with virtual time.
    private async Task<string?> LineAsync(StreamReader reader, bool isMark)
    {
        var line = reader.ReadLineAsync();
        while (isMark && !line.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            _ = await Task.WhenAny(line, Task.Delay(5));
        }

        return await line.WaitAsync(Fixtures.Eventually.Deadline);
    }
}
