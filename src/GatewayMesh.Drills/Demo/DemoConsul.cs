using System.Globalization;
using System.Text.Json;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Demo;

/// <summary>The demo's Consul: one server with its state in the demo's folder, so that a kill loses nothing.</summary>
/// <param name="Port">Port of the HTTP API. The two ports above serve Consul's other protocols.</param>
/// <param name="Program">Path of the executable.</param>
internal sealed record DemoConsul(int Port, string Program)
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>The registry URI for a bootstrap file.</summary>
    public string Registry => string.Create(CultureInfo.InvariantCulture, $"consul://127.0.0.1:{Port}");

    /// <summary>All ports of the agent.</summary>
    public IEnumerable<int> Ports => [Port, Port + 1, Port + 2];

    /// <summary>Returns the arguments of the process.</summary>
    /// <param name="folder">Folder for the agent's state.</param>
    public IReadOnlyList<string> Arguments(string folder) =>
    [
        "agent", "-server", "-bootstrap-expect=1", "-ui", "-node=demo", "-bind=127.0.0.1", "-client=127.0.0.1", $"-data-dir={folder}",
        Numbered("-http-port", Port), Numbered("-server-port", Port + 1), Numbered("-serf-lan-port", Port + 2),
        "-serf-wan-port=-1", "-dns-port=-1", "-grpc-port=-1",

        // All demo processes connect from one address, and each watch holds a connection. Elections take seconds with Consul's defaults.
        "-hcl", "connect { enabled = true } performance { raft_multiplier = 1 } limits { http_max_conns_per_client = 4000 }",
    ];

    /// <summary>Finds the executable on PATH.</summary>
    /// <exception cref="CommandFailure">No Consul on PATH.</exception>
    public static string FindProgram() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "consul"))
            .FirstOrDefault(File.Exists)
        ?? throw new CommandFailure(
            ExitCode.Usage,
            "--registry consul: no consul on PATH; install it with ops/get-consul.sh, or remove the option to use a folder of files");

    /// <summary>Writes the entries. False while the agent does not accept writes yet.</summary>
    public bool TryWrite(IEnumerable<string> entries) => entries.All(entry => Send(HttpMethod.Put, "/v1/config", entry) is not null);

    /// <summary>Number of registered instances of a service; of sidecars, for a fronted service.</summary>
    public int Registered(string service, bool fronted)
    {
        if (Send(HttpMethod.Get, $"/v1/catalog/{(fronted ? "connect" : "service")}/{service}", null) is not { } answer)
        {
            return 0;
        }

        using var document = JsonDocument.Parse(answer);
        return document.RootElement.GetArrayLength();
    }

    private byte[]? Send(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}{path}"));
        request.Content = body is null ? null : new StringContent(body);
        try
        {
            using var answer = Client.Send(request);
            using var content = new MemoryStream();
            answer.Content.ReadAsStream().CopyTo(content);
            return answer.IsSuccessStatusCode ? content.ToArray() : null;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private static string Numbered(string option, int value) => string.Create(CultureInfo.InvariantCulture, $"{option}={value}");
}
