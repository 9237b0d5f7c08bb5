using System.Diagnostics;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Protocols;

/// <summary>A script of <c>tests/clients</c> in its own Node.js process.</summary>
internal sealed class NodeScript : IDisposable
{
    private static readonly string Folder = Path.Combine(PublishedFile.Root, "tests", "clients");
    private static readonly SemaphoreSlim Installing = new(1);
    private readonly Process _process;
    private readonly Task<string> _errors;

    private NodeScript(string script, string[] arguments)
    {
        _process = Start("node", [script, .. arguments]);
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Installs the scripts' dependencies from the lock file, once.</summary>
    public static async Task InstallAsync()
    {
        await Installing.WaitAsync();
        try
        {
            var installed = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
            if (installed.Exists && installed.LastWriteTimeUtc > File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
            {
                return;
            }

            using var npm = Start("npm", ["ci", "--ignore-scripts"]);
            npm.StandardInput.Close();
            var (output, errors) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
            await npm.WaitForExitAsync();
            Assert.That(npm.ExitCode, Is.Zero, $"npm ci in {Folder} failed:\n{await output}\n{await errors}");
        }
        finally
        {
            Installing.Release();
        }
    }

    public static NodeScript Run(string script, params string[] arguments) => new(script, arguments);

    /// <summary>The next line of its output; null at its end.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancel = default) => await _process.StandardOutput.ReadLineAsync(cancel);

    /// <summary>Closes the standard input, which ends the script.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Standard error, after the end.</summary>
    public Task<string> ErrorsAsync() => _errors;

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new FileNotFoundException(
                $"{program} is missing: the tests of the protocols run real clients in Node 18 or later (Debian: apt-get install nodejs "
                    + $"npm).",
                missing);
        }
    }
}
