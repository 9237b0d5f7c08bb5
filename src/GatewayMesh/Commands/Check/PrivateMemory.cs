using System.Globalization;

namespace GatewayMesh.Commands.Check;

/// <summary>Private memory of a process: pages shared with no other process.</summary>
internal static class PrivateMemory
{
    /// <summary>Returns the private memory in bytes, or null if the process is not on this host or not readable by this user.</summary>
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

    /// <summary>Adds the two private lines of <c>smaps_rollup</c> (proc_pid_smaps(5)), in bytes.</summary>
    internal static long Sum(IEnumerable<string> lines) => lines
        .Where(
            line => line.StartsWith("Private_Clean:", StringComparison.Ordinal)
                || line.StartsWith("Private_Dirty:", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
}
