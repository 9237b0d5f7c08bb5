using GatewayMesh.Drills.Processes;

namespace GatewayMesh.Drills.Scenarios;

/// <summary>The redis-server of a scenario, which runs in some of its phases.</summary>
/// <param name="port">Its port; null: the scenario has none.</param>
/// <param name="folder">Folder of its log.</param>
internal sealed class ScenarioStore(int? port, string folder) : IDisposable
{
    private ChildProcess? _process;

    /// <summary>Starts or kills the server, and waits until all sidecars know.</summary>
    public void Run(bool runs, IEnumerable<ScenarioSidecar> sidecars, CancellationToken cancellation)
    {
        if (port is not { } number || runs == _process is { IsRunning: true })
        {
            return;
        }

        if (runs)
        {
            var arguments = (string[])["--port", $"{number}", "--bind", "127.0.0.1", "--save", ""];
            _process = new ChildProcess("redis", "store", arguments, folder, $"scenario-{Environment.ProcessId}-redis", "redis-server");
            _process.Start();
        }
        else
        {
            Dispose();
        }

        foreach (var sidecar in sidecars)
        {
            sidecar.AwaitStore(runs, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process?.Kill();
        _process?.Dispose();
        _process = null;
    }
}
