using System.Globalization;

namespace GatewayMesh.Commands.Check;

/// <summary>Memory that a process shares with no other.</summary>
internal static class PrivateMemory
{
    /// <summary>Bytes, or null when the process is not on this host or not ours to look at.</summary>
    public static long? OfProcess(int pid)
    {
        try
        {
            return Sum(File.ReadLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/smaps_rollup"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Sum of the two private lines of <c>smaps_rollup</c> (proc_pid_smaps(5)), in bytes.</summary>
    internal static long Sum(IEnumerable<string> lines) => lines
        .Where(line => line.StartsWith("Private_Clean:", StringComparison.Ordinal) || line.StartsWith("Private_Dirty:", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
}
