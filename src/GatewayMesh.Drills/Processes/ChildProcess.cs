using System.Diagnostics;

namespace GatewayMesh.Drills.Processes;

/// <summary>A child of a demo or scenario (this program by default): its command line and its current run.</summary>
internal sealed class ChildProcess(
    string name, string role, IReadOnlyList<string> arguments, string folder, string mark, string? program = null) : IDisposable
{
    private Process? _process;

    /// <summary>Name of the node or application.</summary>
    public string Name => name;

    /// <summary>The role; <c>app</c> for an application, <c>registry</c> for Consul.</summary>
    public string Role => role;

    /// <summary>Path of the log file.</summary>
    public string Log { get; } = Path.Combine(folder, "logs", $"{name}-{role}.log");

    /// <summary>Process id of the current or the last run; 0 before the first.</summary>
    public int Pid => _process?.Id ?? 0;

    /// <summary>True if the process was started and has not ended.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Timestamp of the supervisor's clock when the end was noticed.</summary>
    public long? EndedAt { get; set; }

    /// <summary>Exit code of the last run: 128 + the signal, or the process's exit code.</summary>
    public int ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : 0;

    /// <summary>Starts the process.</summary>
    public void Start()
    {
        _process?.Dispose();
        EndedAt = null;
        Directory.CreateDirectory(Path.GetDirectoryName(Log)!);

        // The shell opens the log and becomes the program, so the child does not depend on its parent: there is no pipe to break.
        // Ctrl-C reaches every process of a terminal. Only the parent handles it and ends its children in order.
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

        // Variables of the user's own sidecar must not reach these nodes.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GATEWAYMESH_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment[MarkedProcesses.Variable] = mark;
        _process = Process.Start(start)!;
    }

    /// <summary>Kills the process, if it runs, and waits for its end.</summary>
    public void Kill()
    {
        if (_process is { HasExited: false } running)
        {
            running.Kill();
            running.WaitForExit();
        }
    }

    /// <summary>Waits for the process to end, at most <paramref name="limit"/>.</summary>
    public bool WaitForEnd(TimeSpan limit) => _process is null || _process.WaitForExit(limit);

    /// <inheritdoc/>
    public void Dispose() => _process?.Dispose();

    // Not the file of a shared host such as `dotnet`, when that started the process.
    private static string Self { get; } =
        File.Exists(Path.Combine(AppContext.BaseDirectory, "gatewaymesh"))
            ? Path.Combine(AppContext.BaseDirectory, "gatewaymesh")
            : Environment.ProcessPath!;
}
