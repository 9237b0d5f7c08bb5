using System.Globalization;
using System.Net;
using System.Text;

namespace GatewayMesh.Fixtures;

/// <summary>A real <c>consul agent</c> on free ports of 127.0.0.1, in its own process, which ends with this one.</summary>
public sealed class ConsulAgent : IAsyncDisposable
{
    // Reached only by a broken agent, never by a busy machine.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly ConsulAgentOptions _options;
    private readonly string? _folder;
    private readonly int _serverPort = FreePorts.Next();
    private OwnedProcess? _process;

    private ConsulAgent(ConsulAgentOptions options)
    {
        _options = options;
        _folder = options.Durable || options.Join is not null ? Directory.CreateTempSubdirectory("gatewaymesh-consul-").FullName : null;
        WanPort = options.MeetsOthers ? FreePorts.Next() : null;
        Node = options.Node ?? string.Create(CultureInfo.InvariantCulture, $"consul-{HttpPort}");
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri($"http://{Address}"),
            Timeout = Deadline,
        };
        if (options.Acl)
        {
            Client.DefaultRequestHeaders.Add("X-Consul-Token", ManagementToken);
        }
    }

    /// <summary>Token with all rights, with <see cref="ConsulAgentOptions.Acl"/>.</summary>
    public static string ManagementToken => "5a6b1a4e-2f6e-4e0a-9c3a-0d6f3b8f1c11";

    /// <summary>Port of the HTTP API.</summary>
    public int HttpPort { get; } = FreePorts.Next();

    /// <summary>Port of the gossip in its datacenter, for agents that join.</summary>
    public int SerfPort { get; } = FreePorts.Next();

    /// <summary>Port of the gossip with servers of other datacenters, with <see cref="ConsulAgentOptions.MeetsOthers"/>.</summary>
    public int? WanPort { get; }

    /// <summary>Address of the HTTP API, <c>127.0.0.1:port</c>.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{HttpPort}");

    /// <summary>URI for a bootstrap file: <c>consul://127.0.0.1:port</c>.</summary>
    public string Registry => $"consul://{Address}";

    /// <summary>Name of the agent's node.</summary>
    public string Node { get; }

    /// <summary>Client of the HTTP API. Sends the management token if ACLs are on.</summary>
    public HttpClient Client { get; }

    /// <summary>Process of the agent. Another one after <see cref="StartAgainAsync"/>.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>Last lines of the log, for the message of a failed test.</summary>
    public string Log => _process?.Log ?? "";

    /// <summary>
    /// Starts an agent and returns when a mesh can use it: it has a leader and issues certificates.
    /// </summary>
    public static async Task<ConsulAgent> StartAsync(ConsulAgentOptions? options = null)
    {
        for (var tries = 1; ; tries++)
        {
            var agent = new ConsulAgent(options ?? new ConsulAgentOptions());
            try
            {
                await agent.StartAgainAsync().ConfigureAwait(false);
                return agent;
            }
            catch (InvalidOperationException) when (tries < 3 && agent.Log.Contains("address already in use", StringComparison.Ordinal))
            {
                // Another process took a port between the check and the use.
                await agent.DisposeAsync().ConfigureAwait(false);
            }
            catch
            {
                await agent.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>
    /// Restarts the agent on the same ports after <see cref="KillAsync"/>. A server in memory is then empty; a durable one is not.
    /// </summary>
    public async Task StartAgainAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync().ConfigureAwait(false);
        }

        _process = await OwnedProcess.StartAsync(ConsulBinary.Path, Arguments()).ConfigureAwait(false);
        await WaitAsync("it is ready", IsReadyAsync).ConfigureAwait(false);
    }

    /// <summary><c>kill -9</c>.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Freezes the agent (<c>SIGSTOP</c>): the kernel accepts connections, and no request is answered.</summary>
    public Task PauseAsync() => _process!.SignalAsync("STOP");

    /// <summary>Resumes the agent.</summary>
    public Task ContinueAsync() => _process!.SignalAsync("CONT");

    /// <summary>Sends a <c>GET</c> that must succeed. Returns the body.</summary>
    public async Task<string> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(new Uri(path, UriKind.Relative)).ConfigureAwait(false);
        return await BodyAsync(path, answer).ConfigureAwait(false);
    }

    /// <summary>Sends a <c>PUT</c> that must succeed. Returns the body.</summary>
    public async Task<string> PutAsync(string path, string body = "")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        using var answer = await Client.PutAsync(new Uri(path, UriKind.Relative), content).ConfigureAwait(false);
        return await BodyAsync(path, answer).ConfigureAwait(false);
    }

    /// <summary>Sends a <c>DELETE</c> that must succeed. Returns the body.</summary>
    public async Task<string> DeleteAsync(string path)
    {
        using var answer = await Client.DeleteAsync(new Uri(path, UriKind.Relative)).ConfigureAwait(false);
        return await BodyAsync(path, answer).ConfigureAwait(false);
    }

    /// <summary>Writes a configuration entry, as <c>consul config write</c> does.</summary>
    public Task WriteEntryAsync(string json) => PutAsync("/v1/config", json);

    /// <summary>Registers an instance with its sidecar, as a node does.</summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="port">Port of the sidecar.</param>
    /// <param name="meta">Pairs of the sidecar's registration, as JSON without the braces. Default: none.</param>
    /// <param name="status">Status of the check, which is named <c>ID-live</c>. Default: passing.</param>
    /// <param name="id">Id of the instance. Default: <c>SERVICE-1</c>.</param>
    public async Task RegisterInstanceAsync(string service, int port, string meta = "", string status = "passing", string? id = null)
    {
        id ??= service + "-1";
        _ = await PutAsync("/v1/agent/service/register", $$$"""{"ID":"{{{id}}}","Name":"{{{service}}}","Port":1}""").ConfigureAwait(false);
        _ = await PutAsync("/v1/agent/service/register", $$$"""
            {
              "ID": "{{{id}}}-sidecar-proxy", "Name": "{{{service}}}-sidecar-proxy", "Kind": "connect-proxy", "Address": "127.0.0.1", "Port": {{{Number(port)}}}, "Meta": { {{{meta}}} },
              "Proxy": { "DestinationServiceName": "{{{service}}}", "DestinationServiceID": "{{{id}}}", "Config": { "protocol": "http" } },
              "Checks": [ { "CheckID": "{{{id}}}-live", "Name": "live", "TTL": "10m", "Status": "{{{status}}}" } ]
            }
            """).ConfigureAwait(false);
    }

    /// <summary>Kills the agent if it still runs and deletes its files.</summary>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync().ConfigureAwait(false);
        }

        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<string> Arguments()
    {
        string[] arguments =
        [
            "agent", "-node", Node, "-datacenter", _options.Datacenter, "-bind", "127.0.0.1", "-client", "127.0.0.1",
            "-http-port", Number(HttpPort), "-server-port", Number(_serverPort), "-serf-lan-port", Number(SerfPort),
            "-dns-port",
            "-1",
            "-grpc-port",
            "-1",
            "-serf-wan-port",
            WanPort is { } wan ? Number(wan) : "-1",
            "-log-level",
            "info",
            "-hcl",
            Hcl(),
        ];
        string[] kind = _options.Join is { } server ? [
            "-data-dir", _folder!, "-retry-join", $"127.0.0.1:{server.SerfPort}", "-retry-interval", "1s"]
            : _options.Durable ? ["-server", "-bootstrap-expect", "1", "-data-dir", _folder!]
            : ["-dev"];
        return [.. arguments, .. kind];
    }

    // With Consul's default timing, the election of a server with a disk takes several seconds.
    private string Hcl() => string.Join('\n',
    [
        "connect { enabled = true }",
        "performance { raft_multiplier = 1 }",
        _options.Acl
            ? $$"""acl { enabled = true default_policy = "deny" tokens { master = "{{ManagementToken}}" agent = "{{ManagementToken}}" } }"""
            : "",
        _options.MaxConnectionsPerClient is { } most ? $"limits {{ http_max_conns_per_client = {Number(most)} }}" : "",
        _options.Hcl,
    ]);

    private async Task<bool> IsReadyAsync()
    {
        if (_options.Join is not null && await GetAsync("/v1/health/service/consul?passing").ConfigureAwait(false) is "[]" or "[]\n")
        {
            return false;
        }

        return (await GetAsync("/v1/status/leader").ConfigureAwait(false)).Trim() != "\"\""
            && (await GetAsync("/v1/agent/connect/ca/leaf/gatewaymesh-fixture").ConfigureAwait(false)).Length > 0;
    }

    private async Task WaitAsync(string what, Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        Exception? last = null;
        while (TimeProvider.System.GetElapsedTime(began) < Deadline && !_process!.HasExited)
        {
            try
            {
                if (await holds().ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                last = exception;
            }

            await Task.Delay(20).ConfigureAwait(false);
        }

        var why = _process!.HasExited ? "it ended" : $"the deadline passed ({last?.Message})";
        throw new InvalidOperationException($"consul agent {Node}: {why} before {what}; its log:\n{Log}");
    }

    private async Task<string> BodyAsync(string path, HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        return answer.StatusCode == HttpStatusCode.OK ? body
            : throw new HttpRequestException(
                $"{answer.RequestMessage!.Method} {path} on {Node}: {(int)answer.StatusCode} {body.Trim()}", null, answer.StatusCode);
    }
}
