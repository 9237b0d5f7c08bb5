namespace GatewayMesh.Commands.Demo;

/// <summary>The folder of a running demo: files, state and logs. A temporary one goes at the end; one that the user named stays.</summary>
internal sealed class DemoFolder : IDisposable
{
    private readonly bool _isTemporary;

    /// <summary>Makes the folder.</summary>
    public DemoFolder(string? named)
    {
        _isTemporary = named is null;
        Path = named is null ? Directory.CreateTempSubdirectory("gatewaymesh-demo-").FullName : Directory.CreateDirectory(named).FullName;
        foreach (var rest in named is null ? [] : (string[])["registry", "entries", "ca", "state", "run", "logs"])
        {
            // What an earlier run left: its nodes are not in this mesh.
            if (Directory.Exists(System.IO.Path.Combine(Path, rest)) && File.Exists(System.IO.Path.Combine(Path, Marker)))
            {
                Directory.Delete(System.IO.Path.Combine(Path, rest), recursive: true);
            }
        }

        if (named is not null && !File.Exists(System.IO.Path.Combine(Path, Marker)) && Directory.EnumerateFileSystemEntries(Path).Any())
        {
            throw new CommandFailure(ExitCode.Usage, $"{Path} is not empty and no folder of an earlier demo: name another one with --data-dir");
        }

        File.WriteAllText(System.IO.Path.Combine(Path, Marker), "gatewaymesh demo writes here, and clears it at its next start\n");
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
