using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Demo;

/// <summary>
/// The folder of a running demo: files, state and logs. A temporary folder is removed at the end; a folder named by the user stays.
/// </summary>
internal sealed class DemoFolder : IDisposable
{
    private readonly bool _isTemporary;

    /// <summary>Creates the folder.</summary>
    public DemoFolder(string? named)
    {
        _isTemporary = named is null;
        Path = named is null ? Directory.CreateTempSubdirectory("gatewaymesh-demo-").FullName : Directory.CreateDirectory(named).FullName;
        foreach (var rest in named is null ? [] : (string[])["registry", "entries", "ca", "state", "run", "logs"])
        {
            // Leftovers of an earlier run: their nodes are not in this mesh.
            if (Directory.Exists(System.IO.Path.Combine(Path, rest)) && File.Exists(System.IO.Path.Combine(Path, Marker)))
            {
                Directory.Delete(System.IO.Path.Combine(Path, rest), recursive: true);
            }
        }

        if (named is not null && !File.Exists(System.IO.Path.Combine(Path, Marker)) && Directory.EnumerateFileSystemEntries(Path).Any())
        {
            throw new CommandFailure(
                ExitCode.Usage, $"{Path} is not empty and not the folder of an earlier demo; use another folder with --data-dir");
        }

        File.WriteAllText(System.IO.Path.Combine(Path, Marker), "gatewaymesh demo writes here and clears this folder at its next start\n");
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    private static string Marker => ".gatewaymesh-demo";

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isTemporary)
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
