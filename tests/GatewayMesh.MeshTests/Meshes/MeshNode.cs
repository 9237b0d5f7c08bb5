using System.Net;
using GatewayMesh.Fixtures;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>A node of a mesh under test: its bootstrap file, process and admin address.</summary>
internal sealed class MeshNode(
    string name, string configFile, IPEndPoint admin, IReadOnlyDictionary<string, string> environment) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://{admin}"), Timeout = TimeSpan.FromSeconds(10) };
    private readonly List<MeshProcess> _starts = [];

    public string Name => name;

    public string ConfigFile => configFile;

    public IPEndPoint Admin => admin;

    /// <summary>Every start of this node, newest last.</summary>
    public IReadOnlyList<MeshProcess> Starts => _starts;

    /// <summary>The latest process: a sidecar's guard, or the single process of another role.</summary>
    public MeshProcess Process => _starts[^1];

    /// <summary>The executable. Default: the file under test.</summary>
    public string? Executable { get; set; }

    /// <summary>Additional environment variables. Default: none.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public MeshProcess Start(params string[] more)
    {
        var variables = new Dictionary<string, string>(environment.Concat(Variables));
        _starts.Add(new MeshProcess(name, ["--config", configFile, .. more], variables, executable: Executable));
        return Process;
    }

    public async Task<NodeStatus> StatusAsync() => new(await _client.GetStringAsync("/status"));

    /// <summary>The status; null while the admin address is not responding.</summary>
    public async Task<NodeStatus?> TryStatusAsync()
    {
        try
        {
            return await StatusAsync();
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
        {
            return null;
        }
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _client.GetAsync("/-/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
        {
            return false;
        }
    }

    public async Task<string> PostAsync(string path, string body = "")
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync(path, content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.That((int)answer.StatusCode, Is.InRange(200, 299), $"POST {path} of {name}: {text}");
        return text;
    }

    public async Task<string> GetAsync(string path) => await _client.GetStringAsync(path);

    /// <summary>Waits until the node's status satisfies <paramref name="condition"/> and returns it.</summary>
    public async Task<NodeStatus> UntilAsync(string what, Func<NodeStatus, bool> condition)
    {
        NodeStatus? last = null;
        await Eventually.Until(
            $"{name}: {what}",
            async () => (last = await TryStatusAsync()) is not null && condition(last),
            () => Task.FromResult("last status: " + (last?.Json ?? "no answer")));
        return last!;
    }

    /// <summary>Waits until an upgrade has replaced worker and guard.</summary>
    public Task<NodeStatus> UntilUpgradedAsync() =>
        UntilAsync("the upgrade has ended", status => status is { IsUpgrading: false, IsUpgraded: true, Lease: "leased" });

    public void Dispose()
    {
        _client.Dispose();
        _starts.ForEach(start => start.Dispose());
    }
}
