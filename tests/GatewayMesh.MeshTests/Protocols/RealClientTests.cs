using System.Text.Json;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Protocols;

/// <summary>
/// gRPC, WebSocket, HTTP/1.1 and HTTP/2 with clients from outside .NET (grpc-js, ws, curl), over every path of a request.
/// </summary>
public sealed class RealClientTests
{
    private static readonly string[] Scenarios =
    [
        "unary",
        "large_messages",
        "many_calls_at_a_time",
        "server_streaming",
        "client_streaming",
        "bidirectional_streaming",
        "trailers_only_error",
        "cancellation", "deadline", "mesh_error_unknown_service", "mesh_error_application_down",
        "websocket_echo", "websocket_both_ways_at_a_time", "websocket_close_by_client", "websocket_close_by_application",
    ];

    private readonly Dictionary<(string Path, string Scenario), (bool Ok, string Error)> _results = [];
    private Applications? _applications;
    private LocalMesh? _mesh;
    private ProtocolMesh? _paths;

    private static IEnumerable<TestCaseData> EveryScenarioOnEveryPath =>
        from path in ProtocolMesh.Paths from scenario in Scenarios select new TestCaseData(path, scenario);

    [OneTimeSetUp]
    public async Task RunTheScenarios()
    {
        _applications = await Applications.StartAsync();
        _mesh = new LocalMesh();
        _paths = await ProtocolMesh.StartAsync(_mesh, _applications);
        using var script = NodeScript.Run("scenarios.js", JsonSerializer.Serialize(ProtocolMesh.Paths.Select(path => new
        {
            path,
            calls = _paths.AddressOf(path).ToString(),
            callsHost = ProtocolMesh.HostOf(path, "calls"),
            chat = _paths.AddressOf(path).ToString(),
            chatHost = ProtocolMesh.HostOf(path, "chat"),
            unknownHost = ProtocolMesh.HostOf(path, "nobody"),
            deadHost = ProtocolMesh.HostOf(path, "dead"),
        })));
        while (await script.ReadLineAsync() is { } line)
        {
            var result = JsonDocument.Parse(line).RootElement;
            _results[(result.GetProperty("path").GetString()!, result.GetProperty("scenario").GetString()!)] =
                (result.GetProperty("ok").GetBoolean(), result.GetProperty("error").GetString()!);
        }

        if (_results.Count < ProtocolMesh.Paths.Count * Scenarios.Length)
        {
            await TestContext.Out.WriteLineAsync(await script.ErrorsAsync());
        }

        if (_results.Values.Any(result => !result.Ok))
        {
            await TestContext.Progress.WriteLineAsync(_mesh.Logs(40));
        }
    }

    [OneTimeTearDown]
    public async Task EndTheMesh()
    {
        var left = _mesh is null ? [] : await _mesh.EndAsync();
        if (_mesh is not null)
        {
            await _mesh.DisposeAsync();
        }

        _applications?.Dispose();
        Assert.That(left, Is.Empty, "processes left behind after SIGTERM");
    }

    [TestCaseSource(nameof(EveryScenarioOnEveryPath))]
    public void Real_client_scenario_passes(string path, string scenario)
    {
        Assert.That(_results, Does.ContainKey((path, scenario)), "the script came this far");
        Assert.That(_results[(path, scenario)].Ok, _results[(path, scenario)].Error);
    }

    [Test]
    public async Task Curl_is_served_by_both_protocols_on_every_path(
        [ValueSource(typeof(ProtocolMesh), nameof(ProtocolMesh.Paths))] string path,
        [Values("--http1.1", "--http2-prior-knowledge")] string protocol)
    {
        var address = _paths!.AddressOf(path);
        // One address per call: curl 7.88 fails on its own second request on a prior-knowledge connection, with any server.
        var got = await Curl.RunAsync(protocol, "-H", $"Host: {ProtocolMesh.HostOf(path, "chat")}", $"http://{address}/a?b=c");
        Assert.That(got, Is.EqualTo("plain /a?b=c\n"));

        var megabyte = new string('x', 1024 * 1024);
        var echoed = await Curl.RunWithInputAsync(
            megabyte, protocol, "-H", $"Host: {ProtocolMesh.HostOf(path, "chat")}", "--data-binary", "@-", $"http://{address}/echo");
        Assert.That(echoed == megabyte, "the body came back as it was");

        var version = await Curl.RunAsync(
            protocol,
            "-o",
            "/dev/null",
            "-w",
            "%{http_version} %{http_code}",
            "-H",
            $"Host: {ProtocolMesh.HostOf(path, "nobody")}",
            $"http://{address}/");
        Assert.That(version, Is.EqualTo(protocol == "--http1.1" ? "1.1 404" : "2 404"));
    }
}
