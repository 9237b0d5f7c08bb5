using System.Runtime.InteropServices;

namespace GatewayMesh.Linux;

/// <summary>A file descriptor that this process owns and closes.</summary>
public class Descriptor : SafeHandle
{
    /// <summary>Takes ownership of <paramref name="fd"/>.</summary>
    public Descriptor(int fd)
        : base(-1, ownsHandle: true)
    {
        SetHandle(fd);
    }

    /// <summary>Number of the descriptor. Valid until the object is disposed.</summary>
    public int Number => (int)handle;

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>Sets whether the descriptor stays open across <c>execve</c>.</summary>
    /// <exception cref="LinuxException">fcntl failed.</exception>
    public void KeepOverExec(bool keep)
    {
        if (Libc.fcntl(Number, Libc.F_SETFD, keep ? 0 : Libc.FD_CLOEXEC) < 0)
        {
            throw LinuxException.Last("fcntl");
        }
    }

    /// <summary>Returns a second descriptor of the same open file description, closed on exec.</summary>
    /// <exception cref="LinuxException">fcntl failed, for example because no descriptor is left.</exception>
    public Descriptor Duplicate()
    {
        var copy = Libc.fcntl(Number, Libc.F_DUPFD_CLOEXEC, 3);
        return copy < 0 ? throw LinuxException.Last("fcntl") : new Descriptor(copy);
    }

    /// <summary>Releases ownership: this object no longer closes the descriptor.</summary>
    public int Release()
    {
        var fd = Number;
        SetHandleAsInvalid();
        return fd;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
