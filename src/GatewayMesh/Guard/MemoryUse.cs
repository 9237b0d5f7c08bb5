using System.Globalization;

namespace GatewayMesh.Guard;

/// <summary>Memory of this process.</summary>
internal static class MemoryUse
{
    /// <summary>
    /// Returns memory left over from a start or from carrying. Takes a few milliseconds; not for use while connections are carried.
    /// </summary>
    internal static void Trim() => GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);

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
