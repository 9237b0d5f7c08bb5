namespace GatewayMesh.Linux;

/// <summary>Wakes a thread from <see cref="PollSet.Wait"/> (an eventfd).</summary>
public sealed unsafe class Wake : Descriptor
{
    /// <summary>Creates an object that is not signaled.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public Wake()
        : base(Libc.eventfd(0, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC))
    {
        if (IsInvalid)
        {
            throw LinuxException.Last("eventfd");
        }
    }

    /// <summary>Makes the descriptor readable.</summary>
    public void Signal()
    {
        ulong one = 1;
        Libc.write(Number, &one, sizeof(ulong));
    }

    /// <summary>Makes the descriptor unreadable again.</summary>
    public void Reset()
    {
        ulong count;
        Libc.read(Number, &count, sizeof(ulong));
    }
}
