namespace GatewayMesh.Linux;

/// <summary>Folders that are accessible only to their owner.</summary>
public static class PrivateFolder
{
    /// <summary>Mode 0700.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const int MaxDepth = 4;

    /// <summary>Permission bits of group and others.</summary>
    private const UnixFileMode Others = (UnixFileMode)0x3F;

    /// <summary>
    /// Creates a folder and its missing parents, all with mode 0700 regardless of the umask, and syncs them to disk. Existing folders are
    /// unchanged.
    /// </summary>
    /// <exception cref="IOException">A folder cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This user is not permitted to create a folder.</exception>
    public static void Create(string path) => Create(path, FolderEntries.Sync);

    /// <summary>For tests: <paramref name="sync"/> syncs a folder.</summary>
    internal static void Create(string path, Action<string> sync)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) ?? "";
        if (parent.Length > 0)
        {
            Create(parent, sync);
        }

        _ = Directory.CreateDirectory(path, Mode);
        File.SetUnixFileMode(path, Mode);
        sync(parent);
    }

    /// <summary>True if users other than the owner may read, write, or enter.</summary>
    public static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;

    /// <summary>
    /// Removes the permissions of group and others from a file, or from a folder and all of its content. Files of another user and symbolic
    /// links are unchanged.
    /// </summary>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder is not accessible.</exception>
    public static void Narrow(string path) => Narrow(Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path), MaxDepth);

    private static void Narrow(FileSystemInfo entry, int depth)
    {
        if (OperatingSystem.IsWindows() || entry.LinkTarget is not null || FileOwner.Of(entry.FullName)?.User != FileOwner.Self)
        {
            return;
        }

        if ((entry.UnixFileMode & Others) != 0)
        {
            File.SetUnixFileMode(entry.FullName, entry.UnixFileMode & ~Others);
        }

        if (depth > 0 && entry is DirectoryInfo folder)
        {
            foreach (var inner in folder.EnumerateFileSystemInfos())
            {
                Narrow(inner, depth - 1);
            }
        }
    }
}
