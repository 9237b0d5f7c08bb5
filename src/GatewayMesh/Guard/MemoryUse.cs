using System.Globalization;

namespace GatewayMesh.Guard;

/// <summary>Memory of this process.</summary>
internal static class MemoryUse
{
    /// <summary>
    /// Private memory of this process (<c>Private_*</c> of <c>/proc/self/smaps_rollup</c>), in KiB; 0 where the kernel does not report it.
    /// </summary>
    internal static long PrivateKiB()
    {
        try
        {
            return File.ReadLines("/proc/self/smaps_rollup")
                .Where(
                    line => line.StartsWith("Private_Clean:", StringComparison.Ordinal)
                        || line.StartsWith("Private_Dirty:", StringComparison.Ordinal))
                .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            return 0;
        }
    }
}
