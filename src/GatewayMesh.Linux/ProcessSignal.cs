namespace GatewayMesh.Linux;

/// <summary>Sends signals to other processes (kill(2)).</summary>
public static class ProcessSignal
{
    /// <summary>Ends a process at once; it cannot be caught.</summary>
    public const int Kill = 9;

    /// <summary>Asks a process to end.</summary>
    public const int Terminate = 15;

    /// <summary>Lets a stopped process go on.</summary>
    public const int Continue = 18;

    /// <summary>Stops a process; it cannot be caught.</summary>
    public const int Stop = 19;

    /// <summary>Sends <paramref name="signal"/>; false when there is no such process or it is not ours to signal.</summary>
    /// <param name="pid">Process id, greater than 0: groups are never signalled.</param>
    /// <param name="signal">Number of the signal; 0 only asks whether the process exists.</param>
    public static bool Send(int pid, int signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pid, 1);
        return Libc.kill(pid, signal) == 0;
    }
}
