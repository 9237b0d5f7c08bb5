namespace GatewayMesh.Linux;

/// <summary>Sends signals to other processes (kill(2)).</summary>
public static class ProcessSignal
{
    /// <summary>Kills a process immediately (not catchable).</summary>
    public const int Kill = 9;

    /// <summary>Asks a process to end.</summary>
    public const int Terminate = 15;

    /// <summary>Resumes a stopped process.</summary>
    public const int Continue = 18;

    /// <summary>Stops a process (not catchable).</summary>
    public const int Stop = 19;

    /// <summary>Sends <paramref name="signal"/>; false when the process does not exist or may not be signaled.</summary>
    /// <param name="pid">Process id, greater than 0: groups are never signaled.</param>
    /// <param name="signal">Number of the signal; 0 only checks that the process exists.</param>
    public static bool Send(int pid, int signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pid, 1);
        return Libc.kill(pid, signal) == 0;
    }

    /// <summary>The signal that ended a process, for a log: "signal 11 (SIGSEGV, invalid memory access)".</summary>
    /// <param name="signal">Number of the signal on Linux.</param>
    public static string Describe(int signal) => signal switch
    {
        2 => "signal 2 (SIGINT, interrupted)",
        3 => "signal 3 (SIGQUIT, quit)",
        4 => "signal 4 (SIGILL, illegal instruction)",
        6 => "signal 6 (SIGABRT, aborted by its own runtime)",
        7 => "signal 7 (SIGBUS, memory that its file no longer has)",
        8 => "signal 8 (SIGFPE, arithmetic error)",
        Kill => "signal 9 (SIGKILL)",
        11 => "signal 11 (SIGSEGV, invalid memory access)",
        Terminate => "signal 15 (SIGTERM)",
        24 => "signal 24 (SIGXCPU, limit of processor time)",
        25 => "signal 25 (SIGXFSZ, limit of file size)",
        31 => "signal 31 (SIGSYS, system call refused)",
        _ => $"signal {signal}",
    };
}
