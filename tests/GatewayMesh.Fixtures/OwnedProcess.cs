using System.Collections.Concurrent;
using System.Diagnostics;

namespace GatewayMesh.Fixtures;

/// <summary>
/// A program that cannot outlive this process: a shell between the two waits on a pipe that closes when this process ends, for any
/// reason, and then kills the program.
/// </summary>
public sealed class OwnedProcess : IAsyncDisposable
{
    private const int KeptLines = 400;

    // A background job reads from /dev/null by default, so the pipe is kept as descriptor 3.
    private const string Shell = """
        exec 3<&0
        "$@" </dev/null 3<&- & pid=$!
        { read -r _ <&3; kill -9 $pid; } >/dev/null 2>&1 & watch=$!
        echo "$pid"
        wait $pid; code=$?
        kill $watch 2>/dev/null
        exit $code
        """;

    private readonly Process _shell;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<int> _pid = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OwnedProcess(Process shell) => _shell = shell;

    /// <summary>Process id of the program.</summary>
    public int Id { get; private set; }

    /// <summary>True if the program has ended, by itself or by a signal.</summary>
    public bool HasExited => _shell.HasExited;

    /// <summary>Last lines that the program wrote to stdout and stderr.</summary>
    public string Log => string.Join('\n', _lines);

    /// <summary>Starts <paramref name="file"/>; returns when the program has a process id.</summary>
    public static async Task<OwnedProcess> StartAsync(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Shell, "sh", file, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var owned = new OwnedProcess(new Process { StartInfo = start });
        owned._shell.OutputDataReceived += (_, e) => owned.Hear(e.Data);
        owned._shell.ErrorDataReceived += (_, e) => owned.Hear(e.Data);
        _ = owned._shell.Start();
        owned._shell.BeginOutputReadLine();
        owned._shell.BeginErrorReadLine();
        owned.Id = await owned._pid.Task.WaitAsync(TimeSpan.FromSeconds(60)).ConfigureAwait(false);
        return owned;
    }

    /// <summary>Sends <c>kill -9</c> and returns when the program has ended.</summary>
    public async Task KillAsync()
    {
        await _shell.StandardInput.DisposeAsync().ConfigureAwait(false);
        await _shell.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Sends a signal by name, such as <c>STOP</c>, <c>CONT</c> or <c>TERM</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/kill", ["-s", signal, Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Kills the program if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        _shell.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (!_pid.Task.IsCompleted && int.TryParse(line, out var pid))
        {
            _pid.SetResult(pid);
            return;
        }

        _lines.Enqueue(line);
        while (_lines.Count > KeptLines)
        {
            _ = _lines.TryDequeue(out _);
        }
    }
}
