namespace GatewayMesh.Linux;

/// <summary>Folders that only their owner enters.</summary>
public static class PrivateFolder
{
    /// <summary>Mode 0700.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const int MaxDepth = 4;

    /// <summary>Bits of a mode that let others in.</summary>
    private const UnixFileMode Others = (UnixFileMode)0x3F;

    /// <summary>Makes a folder and each folder above it that is missing, all of them with mode 0700 whatever the umask. Folders that are there stay as they are.</summary>
    /// <exception cref="IOException">A folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder must not be made by this user.</exception>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) is { Length: > 0 } parent)
        {
            Create(parent);
        }

        _ = Directory.CreateDirectory(path, Mode);
        File.SetUnixFileMode(path, Mode);
    }

    /// <summary>True if others than the owner may read, write or enter.</summary>
    public static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;

    /// <summary>Takes from others what they may do with a file, or with a folder and all that is in it. What belongs to another user, and symbolic links, stay as they are.</summary>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder cannot be read.</exception>
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
