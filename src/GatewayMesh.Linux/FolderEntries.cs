namespace GatewayMesh.Linux;

/// <summary>
/// Entries of a folder on disk. A synced file can be lost in a crash of the machine as long as its name is not synced, too
/// (<c>fsync(2)</c>).
/// </summary>
public static class FolderEntries
{
    /// <summary>
    /// Syncs names that were created, renamed, or removed in <paramref name="folder"/>. No effect on file systems that cannot sync a folder,
    /// and in a folder that this user may not list.
    /// </summary>
    /// <exception cref="LinuxException">The folder is missing, or the disk failed.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var opened = Open(folder);
        while (opened is not null && Libc.fsync(opened.Number) != 0)
        {
            var failure = LinuxException.Last($"fsync {folder}");
            if (failure.Errno is Libc.EINVAL or Libc.EROFS or Libc.EBADF or Libc.EOPNOTSUPP)
            {
                return;
            }

            if (failure.Errno != Libc.EINTR)
            {
                throw failure;
            }
        }
    }

    // Null: the folder cannot be read, although files in it can be written.
    private static Descriptor? Open(string folder)
    {
        var number = Libc.open(folder.Length == 0 ? "." : folder, Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (number >= 0)
        {
            return new Descriptor(number);
        }

        var failure = LinuxException.Last($"open {folder}");
        return failure.Errno == Libc.EACCES ? null : throw failure;
    }
}
