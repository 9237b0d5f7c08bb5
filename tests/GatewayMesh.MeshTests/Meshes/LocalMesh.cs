using System.Globalization;
using System.Net;
using System.Text.Json;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Backends;
using GatewayMesh.MeshTests.Clients;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>
/// A mesh of real processes: the published file, its own registry (a temporary folder, or a real Consul), and free ports.
/// </summary>
internal sealed class LocalMesh : IAsyncDisposable
{
    private static int Meshes;
    private readonly string _mark = string.Create(
        CultureInfo.InvariantCulture, $"{System.Environment.ProcessId}-{Interlocked.Increment(ref Meshes)}");
    private readonly List<MeshNode> _nodes = [];
    private readonly List<CountingBackend> _backends = [];

    /// <param name="consul">The agent used as registry, ended with the mesh; null: a folder.</param>
    public LocalMesh(ConsulAgent? consul = null)
    {
        Consul = consul;
        Folder = Directory.CreateTempSubdirectory("gatewaymesh-test-").FullName;
        Registry = Path.Combine(Folder, "registry");
        Directory.CreateDirectory(Registry);
        Certificates = new MeshCertificates(Path.Combine(Folder, "certificates"));
    }

    /// <summary>The certificates of all nodes, without <see cref="Consul"/>.</summary>
    public MeshCertificates Certificates { get; }

    public string Folder { get; }

    /// <summary>The agent used as registry; null: <see cref="Registry"/>.</summary>
    public ConsulAgent? Consul { get; }

    /// <summary>The registry folder, without <see cref="Consul"/>.</summary>
    public string Registry { get; }

    /// <summary>URI of another registry; identities are then plaintext. Default: null.</summary>
    public string? OtherRegistry { get; set; }

    public IReadOnlyList<MeshNode> Nodes => _nodes;

    /// <summary>Marks every process of this mesh, including those started by the file itself.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { [MarkName] = _mark };

    private static string MarkName => "MESH_TEST";

    public CountingBackend AddBackend(string name)
    {
        var backend = new CountingBackend(name);
        _backends.Add(backend);
        return backend;
    }

    /// <summary>Starts a sidecar. <paramref name="services"/> is the YAML of its list, at column 0.</summary>
    public MeshNode AddSidecar(string name, string services) => Add(name, "sidecar",
        "sidecar:\n  address: 127.0.0.1\n  services:\n" + Indent(services, 4));

    public MeshNode AddGateway(string name) => Add(name, "gateway",
        $"gateway:\n  address: 127.0.0.1\n  listen: {FreePorts.Loopback()}\n  guardListen: {FreePorts.Loopback()}\n");

    public MeshNode Add(string name, string role, string rest)
    {
        var admin = FreePorts.Loopback();
        var node = new MeshNode(name, Path.Combine(Folder, name + ".yaml"), admin, Environment);
        Certificates.IssueFor(rest);
        File.WriteAllText(node.ConfigFile, Header(name, role, admin) + rest);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Starts a node whose file is in the folder already.</summary>
    public MeshNode Adopt(string name, IPEndPoint admin)
    {
        var node = new MeshNode(name, Path.Combine(Folder, name + ".yaml"), admin, Environment);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Head of every bootstrap file of this mesh.</summary>
    public string Header(string name, string role, IPEndPoint admin) =>
        $"""
        role: {role}
        node: {name}
        dataDir: {DataDir(name)}
        runDir: {Path.Combine(Folder, name, "run")}
        registry: {OtherRegistry ?? Consul?.Registry ?? $"file:{Registry}"}
        admin: {admin}
        {Identity}
        drainDelay: 200ms
        drainTimeout: 10s

        """;

    /// <summary>Identity mode: certificates of the mesh's own authority, or with Consul Consul's.</summary>
    private string Identity => OtherRegistry is not null ? "identity: plaintext"
        : Consul is not null ? "identity: mtls"
        : $"identity: mtls\ncertificates: {Certificates.Folder}";

    public string DataDir(string name) => Path.Combine(Folder, name, "data");

    /// <summary>
    /// Waits until the last-good state on disk of a node contains an instance of a service. (A node writes at most once per second.)
    /// </summary>
    public Task UntilOnDiskAsync(string node, string service) =>
        Eventually.Until($"an instance of {service} is on the disk of {node}", () =>
    {
        var file = new FileInfo(Path.Combine(DataDir(node), "snapshot.json"));
        if (!file.Exists)
        {
            return false;
        }

        using var stored = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
        var content = stored.RootElement.GetProperty("content");
        return Consul is not null || OtherRegistry is not null
            ? content.TryGetProperty("catalogue", out var catalog) && catalog.GetProperty("services").EnumerateArray().Any(known =>
                known.GetProperty("name").GetString() == service && known.GetProperty("instances").GetArrayLength() > 0)
            : content.GetProperty("nodes").EnumerateArray().Any(known =>
                known.GetProperty("record")
                    .GetProperty("services")
                    .EnumerateArray()
                    .Any(local => local.GetProperty("name").GetString() == service));
    });

    /// <summary>Writes the policy of a service and waits until every node uses it.</summary>
    /// <param name="service">The service.</param>
    /// <param name="yaml">Its sections.</param>
    /// <param name="shown">Expected content of <c>/config</c>.</param>
    public async Task WritePolicyAsync(string service, string yaml, string shown)
    {
        if (Consul is not null)
        {
            _ = await Consul.PutAsync($"/v1/kv/gatewaymesh/service-policy/{service}", yaml);
        }
        else
        {
            var path = Path.Combine(Registry, $"policy-{service}.yaml");
            await File.WriteAllTextAsync(path + ".new", $"kind: service-policy\nname: {service}\n{yaml}\n");
            File.Move(path + ".new", path, overwrite: true);
        }

        foreach (var node in _nodes)
        {
            await Eventually.Until(
                $"/config of {node.Name} shows {shown}",
                async () => (await node.GetAsync("/config")).Contains(shown, StringComparison.Ordinal),
                () => node.GetAsync("/config"));
        }
    }

    /// <summary>Running processes of this mesh.</summary>
    public IReadOnlyList<int> Processes() => ProcessTable.WithEnvironment($"{MarkName}={_mark}");

    public string Logs(int lines) =>
        string.Join(
            '\n',
            _nodes.SelectMany(node => node.Starts)
                .Select(start => start.Tail(lines))
                .Append(Consul is null ? "" : $"---- consul\n{string.Join('\n', Consul.Log.Split('\n').TakeLast(lines))}"));

    /// <summary>Ends every process and kills the rest; returns the killed ones.</summary>
    public async Task<IReadOnlyList<string>> EndAsync()
    {
        foreach (var pid in Processes())
        {
            ProcessTable.Signal(pid, ProcessTable.Continue);
        }

        foreach (var start in _nodes.SelectMany(node => node.Starts).Where(start => !start.HasExited))
        {
            start.Signal(ProcessTable.Terminate);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (Processes().Count > 0 && !patience.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        var left = Processes().Select(pid => $"{pid} {ProcessTable.CommandLine(pid)}").ToList();
        foreach (var pid in Processes())
        {
            ProcessTable.Signal(pid, ProcessTable.Kill);
        }

        return left;
    }

    public async ValueTask DisposeAsync()
    {
        if (Consul is not null)
        {
            await Consul.DisposeAsync();
        }

        _nodes.ForEach(node => node.Dispose());
        _backends.ForEach(backend => backend.Dispose());
        Certificates.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string Indent(string text, int columns) =>
        string.Concat(text.TrimEnd('\n').Split('\n').Select(line => new string(' ', columns) + line + "\n"));
}
