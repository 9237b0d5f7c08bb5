using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GatewayMesh.Proxy.Tests.ServiceRoutes.Conformance;

/// <summary>
/// The conformance tests of the Gateway API for meshes, with their routes and requests as data, run from the objects through the sidecar to
/// applications. <c>docs/conformance-gateway-api.md</c> has the table.
/// </summary>
internal sealed partial class MeshConformanceTests
{
    private const string Folder = "ServiceRoutes/Conformance/Cases";
    private const double Tolerance = 0.05;
    private const int AtOnce = 10;

    private EchoMesh _mesh = null!;

    private static IEnumerable<string> Cases =>
        Directory.EnumerateFiles(Path.Combine(TestContext.CurrentContext.TestDirectory, Folder), "*.json")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal);

    [OneTimeSetUp]
    public async Task SetUp() => _mesh = await EchoMesh.Start();

    [OneTimeTearDown]
    public async Task TearDown() => await _mesh.DisposeAsync();

    [TestCaseSource(nameof(Cases))]
    [Sentence(2, 9)]
    public async Task The_case_passes(string name)
    {
        using var document = Read(name);
        var cluster = document.RootElement.GetProperty("objects").EnumerateArray()
            .Aggregate(EchoMesh.Cluster(), (cluster, item) => cluster.Add(item));
        Assert.That(cluster.Translate().Results.Select(result => result.IsAccepted), Is.All.True);
        foreach (var request in document.RootElement.GetProperty("requests").EnumerateArray())
        {
            _mesh.Apply(cluster, Text(request, "callerNamespace") ?? EchoMesh.Namespace);
            var called = Text(request, "called");
            using var client = _mesh.Client(isProxied: called is not null);
            var address = called is not null ? cluster.AddressOf(called)
                : Text(request, "pod") is { } pod ? _mesh.PodOf(pod)
                : Text(request, "host")!;
            if (request.TryGetProperty("shares", out var shares))
            {
                await CountAsync(client, address, request, shares);
            }
            else
            {
                await CheckAsync(client, address, request, request.GetProperty("expect"));
            }
        }
    }

    [Test]
    public void The_page_has_each_case_with_its_features_and_result()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "conformance-gateway-api.md"));
        Assert.That(
            Row().Matches(page).Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value)),
            Is.EquivalentTo(Cases.Select(name => (name, Features(name), "passed"))));
    }

    private async Task CheckAsync(HttpClient client, string address, JsonElement request, JsonElement expect)
    {
        using var message = Message(address, request);
        using var response = await client.SendAsync(message);
        var body = await response.Content.ReadAsStringAsync();
        var text = $"{message.RequestUri}";
        using (Assert.EnterMultipleScope())
        {
            var expected = expect.TryGetProperty("status", out var status) ? status.GetInt32() : 200;
            Assert.That((int)response.StatusCode, Is.EqualTo(expected), text);
            if (Text(expect, "backend") is { } backend)
            {
                Assert.That(body, Is.EqualTo(backend), text);
                CheckReceived(_mesh.LastAt(backend), request, expect);
            }

            if (expect.TryGetProperty("redirect", out var redirect))
            {
                Assert.That(response.Headers.Location?.OriginalString, Is.EqualTo(Location(redirect, message.RequestUri!)), text);
            }

            foreach (var (name, value) in Pairs(expect, "answered"))
            {
                Assert.That(response.Headers.GetValues(name), Is.EqualTo([value]), text);
            }

            Assert.That(Names(expect, "notAnswered").Where(name => response.Headers.Contains(name)), Is.Empty, text);
        }
    }

    private static void CheckReceived(Rig.RawMessage received, JsonElement request, JsonElement expect)
    {
        Assert.That(received.Target, Is.EqualTo(Text(expect, "receivedPath") ?? Text(request, "path")));
        foreach (var (name, value) in Pairs(expect, "received"))
        {
            Assert.That(string.Join(',', received.Values(name)), Is.EqualTo(value), name);
        }

        Assert.That(Names(expect, "notReceived").Where(received.Has), Is.Empty);
    }

    private static async Task CountAsync(HttpClient client, string address, JsonElement request, JsonElement shares)
    {
        var requests = request.GetProperty("repeat").GetInt32();
        var atOnce = Text(request, "protocol") == "grpc" ? 1 : AtOnce; // the application answers one call at a time
        var answers = new List<string>();
        while (answers.Count < requests)
        {
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => AnswerAsync(client, address, request))));
        }

        var counts = answers.CountBy(answer => answer).ToDictionary();
        Assert.That(counts.Keys, Is.EquivalentTo(shares.EnumerateObject().Select(share => share.Name)));
        foreach (var share in shares.EnumerateObject())
        {
            Assert.That(counts[share.Name] / (double)answers.Count, Is.EqualTo(share.Value.GetDouble()).Within(Tolerance), share.Name);
        }
    }

    private static async Task<string> AnswerAsync(HttpClient client, string address, JsonElement request)
    {
        using var message = Message(address, request);
        using var response = await client.SendAsync(message);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var body = await response.Content.ReadAsStringAsync();
        if (Text(request, "protocol") == "grpc")
        {
            Assert.That(response.TrailingHeaders.ToString(), Does.Contain("grpc-status: 0"), $"{response}");
        }

        return body;
    }

    private static HttpRequestMessage Message(string address, JsonElement request)
    {
        var isGrpc = Text(request, "protocol") == "grpc";
        var message = new HttpRequestMessage(
            isGrpc ? HttpMethod.Post : HttpMethod.Get, $"http://{address}{Text(request, "path")}");
        message.Headers.Host = Text(request, "host");
        foreach (var (name, value) in Pairs(request, "headers"))
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (isGrpc)
        {
            message.Version = HttpVersion.Version20;
            message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
            message.Content = new ByteArrayContent([0, 0, 0, 0, 0]);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        return message;
    }

    // Parts that the test does not name stay those of the request.
    private static string Location(JsonElement redirect, Uri request)
    {
        var port = redirect.TryGetProperty("port", out var named) ? $":{named.GetInt32()}" : "";
        return $"{Text(redirect, "scheme") ?? "http"}://{Text(redirect, "host") ?? request.Host}{port}"
            + $"{Text(redirect, "path") ?? request.PathAndQuery}";
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static IEnumerable<(string Name, string Value)> Pairs(JsonElement element, string name) =>
        element.TryGetProperty(name, out var pairs) ? pairs.EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()!)) : [];

    private static IEnumerable<string> Names(JsonElement element, string name) =>
        element.TryGetProperty(name, out var names) ? names.EnumerateArray().Select(each => each.GetString()!) : [];

    private static JsonDocument Read(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestContext.CurrentContext.TestDirectory, Folder, $"{name}.json")));

    private static string Features(string name)
    {
        using var document = Read(name);
        return string.Join(
            ", ", document.RootElement.GetProperty("features").EnumerateArray().Select(feature => feature.GetString()).Prepend("Mesh"));
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GatewayMesh.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    // | case | features | test | result |
    [GeneratedRegex(@"^\| `(Mesh\w+)` \| ([^|]+) \| [^|]+ \| ([a-z ]+?)(?::[^|]*)? \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
