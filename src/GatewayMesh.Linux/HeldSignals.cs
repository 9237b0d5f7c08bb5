namespace GatewayMesh.Linux;

/// <summary>
/// The signals that a guard obeys (SIGHUP, SIGINT, SIGUSR2, SIGTERM), held back in every thread and read from a descriptor (signalfd(2)). A signal that comes while the
/// process executes another program stays pending and is read by that program (execve(2) keeps the mask of the thread and the pending signals).
/// </summary>
public sealed unsafe class HeldSignals : Descriptor
{
    /// <summary>Number of SIGHUP.</summary>
    public const int Hangup = 1;

    /// <summary>Number of SIGINT.</summary>
    public const int Interrupt = 2;

    /// <summary>Number of SIGUSR2.</summary>
    public const int User2 = 12;

    /// <summary>Number of SIGTERM.</summary>
    public const int Terminate = 15;

    private const int SizeOfSet = 128, SizeOfInfo = 128;
    private const int Block = 0, Unblock = 1;
    private const ulong Bits = 1UL << (Hangup - 1) | 1UL << (Interrupt - 1) | 1UL << (User2 - 1) | 1UL << (Terminate - 1);

    private HeldSignals(int fd)
        : base(fd)
    {
    }

    /// <summary>True if the calling thread holds all of them back. Threads inherit the mask, so the first thread of a program speaks for all of its threads.</summary>
    public static bool AreHeld => (Change(Block, 0) & Bits) == Bits;

    /// <summary>True if one of them is pending.</summary>
    public static bool IsPending
    {
        get
        {
            var set = stackalloc ulong[SizeOfSet / sizeof(ulong)];
            return Libc.sigpending(set) == 0 && (*set & Bits) != 0;
        }
    }

    /// <summary>Holds them back in the calling thread, in threads that it starts, and in the program that it executes.</summary>
    public static void Hold() => Change(Block, Bits);

    /// <summary>Lets them through to the calling thread again.</summary>
    public static void LetThrough() => Change(Unblock, Bits);

    /// <summary>Opens the descriptor; it is readable while one of them is pending.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static HeldSignals Open()
    {
        var set = stackalloc ulong[SizeOfSet / sizeof(ulong)];
        new Span<byte>(set, SizeOfSet).Clear();
        *set = Bits;
        var fd = Libc.signalfd(-1, set, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
        return fd < 0 ? throw LinuxException.Last("signalfd") : new HeldSignals(fd);
    }

    /// <summary>Takes the next pending signal.</summary>
    /// <returns>Its number, or null when none is pending.</returns>
    public int? Take()
    {
        var info = stackalloc byte[SizeOfInfo];
        return Libc.read(Number, info, SizeOfInfo) == SizeOfInfo ? *(int*)info : null;
    }

    // The result is the mask as it was. Adding nothing changes nothing.
    private static ulong Change(int how, ulong bits)
    {
        var set = stackalloc ulong[SizeOfSet / sizeof(ulong)];
        var before = stackalloc ulong[SizeOfSet / sizeof(ulong)];
        new Span<byte>(set, SizeOfSet).Clear();
        *set = bits;
        var error = Libc.pthread_sigmask(how, set, before);
        return error == 0 ? *before : throw new LinuxException("pthread_sigmask", error);
    }
}
