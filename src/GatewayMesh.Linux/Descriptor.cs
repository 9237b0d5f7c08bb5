using System.Runtime.InteropServices;

namespace GatewayMesh.Linux;

/// <summary>A file descriptor that this process owns and closes.</summary>
public class Descriptor : SafeHandle
{
    /// <summary>Takes <paramref name="fd"/> over.</summary>
    public Descriptor(int fd)
        : base(-1, ownsHandle: true)
    {
        SetHandle(fd);
    }

    /// <summary>Its number. Valid while the object is not disposed.</summary>
    public int Number => (int)handle;

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>Lets <c>execve</c> keep it (or not).</summary>
    /// <exception cref="LinuxException">fcntl failed.</exception>
    public void KeepOverExec(bool keep)
    {
        if (Libc.fcntl(Number, Libc.F_SETFD, keep ? 0 : Libc.FD_CLOEXEC) < 0)
        {
            throw LinuxException.Last("fcntl");
        }
    }

    /// <summary>A second descriptor of the same open file, closed on exec.</summary>
    /// <exception cref="LinuxException">fcntl failed, for example for want of descriptors.</exception>
    public Descriptor Duplicate()
    {
        var copy = Libc.fcntl(Number, Libc.F_DUPFD_CLOEXEC, 3);
        return copy < 0 ? throw LinuxException.Last("fcntl") : new Descriptor(copy);
    }

    /// <summary>Gives the number away: this object will not close it.</summary>
    public int Release()
    {
        var fd = Number;
        SetHandleAsInvalid();
        return fd;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
