namespace GatewayMesh.MeshTests.Meshes;

/// <summary>A copy of the file under test (and its companions) that can be replaced while it runs.</summary>
internal sealed class Installation
{
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
    private readonly string _folder;

    public Installation(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        foreach (
            var file in Directory.GetFiles(Path.GetDirectoryName(PublishedFile.Path)!).Where(
                file => !file.EndsWith(".dbg", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }

    public string Executable => Path.Combine(_folder, Path.GetFileName(PublishedFile.Path));

    /// <summary>Replaces the file atomically.</summary>
    public void ReplaceByRename(string file)
    {
        File.Copy(file, Executable + ".new");
        File.Move(Executable + ".new", Executable, overwrite: true);
    }

    /// <summary>Removes the file and writes a new one with its name, like <c>install</c> and <c>cp --remove-destination</c>.</summary>
    public void ReplaceInPlace(string file)
    {
        File.Delete(Executable);
        File.Copy(file, Executable);
    }

    /// <summary>Replaces the file with a shell script, atomically.</summary>
    public void ReplaceByScript(string script)
    {
        File.WriteAllText(Executable + ".new", "#!/bin/sh\n" + script);
        File.SetUnixFileMode(Executable + ".new", Mode);
        File.Move(Executable + ".new", Executable, overwrite: true);
    }
}
