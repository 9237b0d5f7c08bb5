using System.Text;

namespace GatewayMesh.Linux;

/// <summary>
/// A file lock (<c>flock(2)</c>) that is taken and released many times. The kernel releases the lock when its holder ends, however it ends.
/// Not safe for several threads.
/// </summary>
public sealed unsafe class AdvisoryLock : IDisposable
{
    private readonly Descriptor _file;
    private readonly string _path;

    private AdvisoryLock(Descriptor file, string path) => (_file, _path) = (file, path);

    /// <summary>Opens the file without locking it.</summary>
    /// <param name="path">Path of the file. A symbolic link is refused.</param>
    /// <param name="create">True to create a missing file with mode 0600.</param>
    /// <returns>Null if the file is missing and <paramref name="create"/> is false.</returns>
    /// <exception cref="LinuxException">The file cannot be opened or created.</exception>
    public static AdvisoryLock? Open(string path, bool create)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var flags = Libc.O_RDWR | Libc.O_CLOEXEC | Libc.O_NOFOLLOW | (create ? Libc.O_CREAT : 0);
            var fd = Libc.open(name, flags, 0x180);
            if (fd >= 0)
            {
                return new AdvisoryLock(new Descriptor(fd), path);
            }

            var failure = LinuxException.Last($"open {path}");
            return failure.Errno == Libc.ENOENT && !create ? null : throw failure;
        }
    }

    /// <summary>Takes the lock; waits while another process holds it.</summary>
    public void Take()
    {
        while (Libc.flock(_file.Number, Libc.LOCK_EX) != 0)
        {
            var failure = LinuxException.Last($"flock {_path}");
            if (failure.Errno != Libc.EINTR)
            {
                throw failure;
            }
        }
    }

    /// <summary>Takes the lock; false if another process holds it.</summary>
    public bool TryTake()
    {
        if (Libc.flock(_file.Number, Libc.LOCK_EX | Libc.LOCK_NB) == 0)
        {
            return true;
        }

        var failure = LinuxException.Last($"flock {_path}");
        return failure.Errno == Libc.EAGAIN ? false : throw failure;
    }

    /// <summary>Releases the lock.</summary>
    public void Release() => _ = Libc.flock(_file.Number, Libc.LOCK_UN);

    /// <summary>Closes the file, which releases the lock.</summary>
    public void Dispose() => _file.Dispose();
}
