using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using GatewayMesh.Fixtures;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>One run of the published file: its output and its exit code.</summary>
internal sealed class MeshProcess : IDisposable
{
    private const int KeptLines = 2_000;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private long _outputLines;
    private long _outputBytes;

    public MeshProcess(
        string name,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        bool emptyEnvironment = false,
        string? executable = null)
    {
        Name = name;
        var start = new ProcessStartInfo(executable ?? PublishedFile.Path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (emptyEnvironment)
        {
            start.Environment.Clear();
        }

        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) =>
        {
            _outputLines += e.Data is null ? 0 : 1;
            _outputBytes += e.Data is null ? 0 : e.Data.Length + 1;
            Keep(_output, e.Data);
        };
        _process.ErrorDataReceived += (_, e) => Keep(_errors, e.Data);
        _process.Start();
        Pid = _process.Id;
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Pid { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Standard output of the process and its children, newest lines.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Number of standard output lines so far, including dropped ones.</summary>
    public long OutputLines => Volatile.Read(ref _outputLines);

    /// <summary>Number of standard output characters so far, including dropped ones.</summary>
    public long OutputBytes => Volatile.Read(ref _outputBytes);

    /// <summary>Standard error of the process and its children, newest lines.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>Runs the file to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using var process = new MeshProcess(string.Join(' ', arguments), arguments, environment);
        var code = await process.ExitAsync();
        return (code, process.Output, process.Errors);
    }

    public void Signal(int signal) => ProcessTable.Signal(Pid, signal);

    /// <summary>Exit code after the end; -9 means killed by signal 9.</summary>
    public async Task<int> ExitAsync()
    {
        await Eventually.Until($"{Name} ends", () => _process.HasExited);

        // The rest of the output, unless an orphan holds the pipe.
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
        }

        return _process.ExitCode > 128 ? 128 - _process.ExitCode : _process.ExitCode;
    }

    /// <summary>Last lines of both streams for the output of a failed test; few of standard output, the access log.</summary>
    public string Tail(int lines) =>
        $"---- {Name} (pid {Pid}{(HasExited ? $", ended with {_process.ExitCode}" : "")})\n"
        + string.Join(
            '\n',
            _output.TakeLast(lines / 8).Select(line => "  out: " + line).Concat(_errors.TakeLast(lines).Select(line => "  err: " + line)));

    public void Dispose() => _process.Dispose();

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is null)
        {
            return;
        }

        lines.Enqueue(line);
        if (lines.Count > KeptLines)
        {
            lines.TryDequeue(out _);
        }
    }
}
