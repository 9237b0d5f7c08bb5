using System.Diagnostics;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Hosts;

/// <summary><c>ops/hosts.sh</c> as an operator runs it, with separate hosts and data.</summary>
internal sealed class HostsScript(string data)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly string _name = $"gmt{Environment.ProcessId}";

    public string Name => _name;

    /// <summary>Runs the script to its end.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        // A file, not a pipe: processes left running by `up` may hold it open.
        var log = Path.Combine(Path.GetTempPath(), $"{_name}-{arguments[0]}.log");
        var start = new ProcessStartInfo(
            "/bin/sh",
            ["-c", "exec \"$@\" >\"$LOG\" 2>&1 </dev/null", "sh", Path.Combine(PublishedFile.Root, "ops", "hosts.sh"), .. arguments]);
        start.Environment["LOG"] = log;
        start.Environment["GATEWAYMESH"] = PublishedFile.Path;
        start.Environment["HOSTS_NAME"] = _name;
        start.Environment["HOSTS_DATA"] = data;
        start.Environment["HOLD"] = "6s";
        start.Environment["RATE"] = "100";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail(
                $"hosts.sh {string.Join(' ', arguments)} did not end within {Limit.TotalMinutes} "
                    + $"minutes:\n{await File.ReadAllTextAsync(log, CancellationToken.None)}");
        }

        var output = await File.ReadAllTextAsync(log, CancellationToken.None);
        File.Delete(log);
        return (process.ExitCode, output);
    }
}
