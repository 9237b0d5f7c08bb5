using System.Globalization;
using System.Text;

namespace GatewayMesh.Linux;

/// <summary>
/// A file lock (<c>flock(2)</c>) that is released when this process ends. The file has mode 0600, so only this user and root can lock it. A
/// lock taken by another user while the file was accessible to all remains on the old file: a new file is created.
/// </summary>
public sealed unsafe class LockFile : IDisposable
{
    private readonly Descriptor _file;

    private LockFile(Descriptor file) => _file = file;

    /// <summary>Takes the lock immediately or fails.</summary>
    /// <param name="path">Path of the file; created with mode 0600 when missing. A symbolic link is refused.</param>
    /// <param name="holder">Process that holds the lock, if <c>/proc/locks</c> names it; null when the lock was taken or the holder is
    /// unknown.</param>
    /// <returns>Null when another process holds the lock.</returns>
    /// <exception cref="LinuxException">The file cannot be opened or created.</exception>
    public static LockFile? TryTake(string path, out int? holder)
    {
        holder = null;
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var file = Open(path);
            if (Libc.flock(file.Number, Libc.LOCK_EX | Libc.LOCK_NB) == 0)
            {
                return new LockFile(file);
            }

            var error = LinuxException.Last($"flock {path}");
            holder = HolderOf(FileOwner.Of(path)?.Inode);
            file.Dispose();
            if (error.Errno != Libc.EAGAIN)
            {
                throw error;
            }

            if (holder is not { } pid || FileOwner.Of($"/proc/{pid}") is not { } owner || owner.User == FileOwner.Self || owner.User == 0)
            {
                return null;
            }

            // Locked by another user since the time when the file or its folder was accessible to all.
            File.Delete(path);
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static Descriptor Open(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var fd = Libc.open(name, Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC | Libc.O_NOFOLLOW, 0x180);
            if (fd < 0)
            {
                throw LinuxException.Last($"open {path}");
            }

            var file = new Descriptor(fd);
            if (Libc.fchmod(fd, 0x180) != 0)
            {
                var failure = LinuxException.Last($"fchmod {path}");
                file.Dispose();
                throw failure;
            }

            return file;
        }
    }

    // "3: FLOCK  ADVISORY  WRITE 1234 08:01:131 0 EOF"
    private static int? HolderOf(ulong? inode)
    {
        try
        {
            foreach (var line in File.ReadLines("/proc/locks"))
            {
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words is [_, "FLOCK", _, _, var pid, var place, ..]
                    && ulong.TryParse(place.AsSpan(place.LastIndexOf(':') + 1), CultureInfo.InvariantCulture, out var at) && at == inode
                    && int.TryParse(pid, CultureInfo.InvariantCulture, out var number) && number > 0)
                {
                    return number;
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Not available here.
        }

        return null;
    }
}
