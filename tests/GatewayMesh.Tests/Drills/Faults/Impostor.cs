using System.Diagnostics;

namespace GatewayMesh.Tests.Drills.Faults;

/// <summary>A foreign program with our command line: a shell that reads a script named like a role and waits for a line.</summary>
internal sealed class Impostor : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gatewaymesh-").FullName;
    private readonly Process _process;

    /// <summary>Starts the program.</summary>
    /// <param name="role">First word of its command line. Default: a worker.</param>
    public Impostor(string role = "worker")
    {
        var program = Path.Combine(_folder, "gatewaymesh");
        File.Copy("/bin/sh", program);
        File.WriteAllText(Path.Combine(_folder, role), "echo ready\nread line\n");
        _process = Process.Start(
            new ProcessStartInfo(program, role)
            {
                WorkingDirectory = _folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        _process.StandardOutput.ReadLine();
    }

    public int Pid => _process.Id;

    public bool HasEnded => _process.WaitForExit(TimeSpan.FromSeconds(10));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
