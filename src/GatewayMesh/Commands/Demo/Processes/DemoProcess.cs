using System.Diagnostics;

namespace GatewayMesh.Commands.Demo.Processes;

/// <summary>One child of the demo (this program, unless it says another one): how it is started, and the run of it that is under way.</summary>
internal sealed class DemoProcess(string name, string role, IReadOnlyList<string> arguments, string folder, string mark, string? program = null) : IDisposable
{
    private Process? _process;

    /// <summary>Node, or application.</summary>
    public string Name => name;

    /// <summary>Its role; <c>app</c> for an application, <c>registry</c> for Consul.</summary>
    public string Role => role;

    /// <summary>Where its output goes.</summary>
    public string Log { get; } = Path.Combine(folder, "logs", $"{name}-{role}.log");

    /// <summary>Process id of the run under way, or of the last one; 0 before the first.</summary>
    public int Pid => _process?.Id ?? 0;

    /// <summary>It was started and has not ended.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>When its end was noticed, as a timestamp of the supervisor's clock.</summary>
    public long? EndedAt { get; set; }

    /// <summary>What the last run ended with: 128 + the signal, or its exit code.</summary>
    public int ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : 0;

    /// <summary>Starts it.</summary>
    public void Start()
    {
        _process?.Dispose();
        EndedAt = null;
        Directory.CreateDirectory(Path.GetDirectoryName(Log)!);

        // The shell opens the log and becomes the program, so the child needs nothing of the demo to live on: no pipe that breaks.
        // Ctrl-C reaches every process of a terminal; it is for the demo alone, which ends its children in order.
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "trap '' INT; log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", Log, program ?? Self },
            WorkingDirectory = folder,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Variables of the user's own sidecar are not meant for the demo's.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GATEWAYMESH_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment[MarkedProcesses.Variable] = mark;
        _process = Process.Start(start)!;
    }

    /// <summary>Waits for its end, at most <paramref name="limit"/>.</summary>
    public bool WaitForEnd(TimeSpan limit) => _process is null || _process.WaitForExit(limit);

    /// <inheritdoc/>
    public void Dispose() => _process?.Dispose();

    // Not the file of a shared host such as `dotnet`, when it was started by one.
    private static string Self { get; } =
        File.Exists(Path.Combine(AppContext.BaseDirectory, "gatewaymesh")) ? Path.Combine(AppContext.BaseDirectory, "gatewaymesh") : Environment.ProcessPath!;
}
