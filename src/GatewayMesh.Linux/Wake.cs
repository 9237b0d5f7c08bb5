namespace GatewayMesh.Linux;

/// <summary>Wakes a thread out of <see cref="PollSet.Wait"/> (an eventfd).</summary>
public sealed unsafe class Wake : Descriptor
{
    /// <summary>A new one, not signalled.</summary>
    /// <exception cref="LinuxException">No descriptor left.</exception>
    public Wake()
        : base(Libc.eventfd(0, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC))
    {
        if (IsInvalid)
        {
            throw LinuxException.Last("eventfd");
        }
    }

    /// <summary>Makes it readable.</summary>
    public void Signal()
    {
        ulong one = 1;
        Libc.write(Number, &one, sizeof(ulong));
    }

    /// <summary>Makes it unreadable again.</summary>
    public void Reset()
    {
        ulong count;
        Libc.read(Number, &count, sizeof(ulong));
    }
}
