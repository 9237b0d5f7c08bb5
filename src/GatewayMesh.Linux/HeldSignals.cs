namespace GatewayMesh.Linux;

/// <summary>
/// The guard's signals (SIGHUP, SIGINT, SIGUSR2, SIGTERM), blocked in every thread and read from a descriptor (signalfd(2)). A signal that
/// arrives while the process executes another program stays pending and is read by that program (execve(2) keeps the thread's mask and the
/// pending signals).
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

    /// <summary>
    /// True if the calling thread blocks all of the signals. Threads inherit the mask, so the first thread of a program represents all
    /// threads.
    /// </summary>
    public static bool AreHeld => (Change(Block, 0) & Bits) == Bits;

    /// <summary>True if one of the signals is pending.</summary>
    public static bool IsPending
    {
        get
        {
            var set = stackalloc ulong[SizeOfSet / sizeof(ulong)];
            return Libc.sigpending(set) == 0 && (*set & Bits) != 0;
        }
    }

    /// <summary>Blocks the signals in the calling thread, in threads started by it, and in the program that it executes.</summary>
    public static void Hold() => Change(Block, Bits);

    /// <summary>Unblocks the signals in the calling thread.</summary>
    public static void LetThrough() => Change(Unblock, Bits);

    /// <summary>Opens the descriptor, which is readable while a signal is pending.</summary>
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
    /// <returns>Signal number, or null when none is pending.</returns>
    public int? Take()
    {
        var info = stackalloc byte[SizeOfInfo];
        return Libc.read(Number, info, SizeOfInfo) == SizeOfInfo ? *(int*)info : null;
    }

    // The result is the previous mask. Adding nothing changes nothing.
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
