using System.Net;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Admin.Http;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Drills.Processes;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Scenarios;

/// <summary>The scenario's sidecar: this program with the scenario's bootstrap file and a registry folder of its own.</summary>
internal sealed class ScenarioSidecar : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(50);

    private readonly IPEndPoint _admin;
    private readonly ChildProcess _process;
    private readonly string _mark;
    private readonly string _entries;
    private readonly TimeProvider _time;

    /// <summary>Starts the sidecar in <paramref name="folder"/>, which gets its files, state, and log.</summary>
    /// <param name="name">Name of the node.</param>
    /// <param name="bootstrap">Its bootstrap file.</param>
    /// <param name="entries">The entries of all phases.</param>
    /// <param name="folder">The folder, which several sidecars may share.</param>
    /// <param name="adminPort">Port of its admin address.</param>
    /// <param name="time">The clock.</param>
    public ScenarioSidecar(string name, string bootstrap, string entries, string folder, int adminPort, TimeProvider time)
    {
        (_admin, _time) = (new IPEndPoint(IPAddress.Loopback, adminPort), time);
        _mark = $"scenario-{Environment.ProcessId}-{name}";
        var config = Path.Combine(folder, name + ".yaml");
        var registry = Directory.CreateDirectory(Path.Combine(folder, "registry")).FullName;
        _entries = Path.Combine(registry, "phase.yaml");
        File.WriteAllText(config, bootstrap);
        File.WriteAllText(Path.Combine(registry, "entries.yaml"), entries);
        _process = new ChildProcess(name, "sidecar", ["--config", config, "--no-guard"], folder, _mark);
        _process.Start();
    }

    /// <summary>Kills the sidecar (<c>kill -9</c>) and starts it again.</summary>
    public void KillAndStart()
    {
        MarkedProcesses.Kill(_mark);
        _process.WaitForEnd(Patience);
        _process.Start();
    }

    /// <summary>Waits until the sidecar is ready.</summary>
    /// <exception cref="CommandFailure">The sidecar ended, or was not ready within 30 s.</exception>
    public void AwaitReady(CancellationToken cancellation) =>
        Await("the sidecar is ready", () => Ask("/-/ready") is { IsSuccess: true }, cancellation);

    /// <summary>Writes the entries of a phase to the registry and waits until the sidecar uses them.</summary>
    /// <exception cref="CommandFailure">The sidecar refused the entries, ended, or did not use them within 30 s.</exception>
    public void Use(string entries, CancellationToken cancellation)
    {
        if (File.Exists(_entries) && File.ReadAllText(_entries) == entries)
        {
            return;
        }

        var before = Revision();
        File.WriteAllText(_entries + ".new", entries);
        File.Move(_entries + ".new", _entries, overwrite: true);
        Await("the sidecar uses the entries of the phase", () => Revision() is { } now && now != before, cancellation);
    }

    /// <summary>Waits until the sidecar uses its store, or does not.</summary>
    /// <exception cref="CommandFailure">The sidecar ended, or this was not so within 30 s.</exception>
    public void AwaitStore(bool used, CancellationToken cancellation) => Await(
        used ? "the sidecar uses the store" : "the sidecar does without the store",
        () => Ask("/status") is { IsSuccess: true } answer
            && DocumentReader.Read(answer.Text, AdminJson.Default.NodeStatus)?.Stores is { } stores
            && stores.All(store => (store.State == "up") == used),
        cancellation);

    /// <summary>Waits until the sidecar has read the keys of the issuer.</summary>
    /// <exception cref="CommandFailure">The sidecar ended, or had no keys within 30 s.</exception>
    public void AwaitKeys(CancellationToken cancellation) => Await(
        "the sidecar has the keys of the issuer",
        () => Ask("/metrics") is { IsSuccess: true } answer
            && answer.Text.Contains("gatewaymesh_jwks_reads_total{outcome=\"ok\"}", StringComparison.Ordinal),
        cancellation);

    /// <summary>Waits until the sidecar uses the same entries as another one.</summary>
    public void Follow(ScenarioSidecar other, CancellationToken cancellation) =>
        Await("the sidecars use the same entries", () => Revision() is { } now && now == other.Revision(), cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        MarkedProcesses.Kill(_mark);
        _process.WaitForEnd(Patience);
        _process.Dispose();
    }

    private AdminResponse? Ask(string path) => AdminClient.TrySend(_admin, "GET", path, timeout: CallTimeout);

    // Null while the sidecar does not answer.
    private string? Revision()
    {
        if (Ask("/config") is not { IsSuccess: true } answer)
        {
            return null;
        }

        var config = DocumentReader.Read(answer.Text, AdminJson.Default.ConfigDocument);
        return config is null || config.Errors.IsEmpty
            ? config?.Revision
            : throw new CommandFailure(ExitCode.Failed, $"the sidecar refused the entries: {string.Join("; ", config.Errors)}");
    }

    private void Await(string what, Func<bool> condition, CancellationToken cancellation)
    {
        var done = false;
        Waiting.Until(() => (done = condition()) || !_process.IsRunning, Every, Patience, _time, cancellation);
        if (!done && !cancellation.IsCancellationRequested)
        {
            var end = _process.IsRunning
                ? $"after {DurationText.Format(Patience)} not yet: {what}"
                : $"the sidecar ended with {_process.ExitCode} before {what}";
            throw new CommandFailure(ExitCode.Failed, $"{end}; its log ends with:\n{LogEnd()}");
        }
    }

    private string LogEnd() => string.Join('\n', File.ReadLines(_process.Log).TakeLast(40));
}
