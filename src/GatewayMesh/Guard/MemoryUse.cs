using System.Globalization;

namespace GatewayMesh.Guard;

/// <summary>What this process costs.</summary>
internal static class MemoryUse
{
    /// <summary>Gives back what a start or a spell of carrying left behind. Takes a few milliseconds; not while connections are carried.</summary>
    internal static void Trim() => GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Memory that is this process's alone (<c>Private_*</c> of <c>/proc/self/smaps_rollup</c>), in KiB; 0 where the kernel does not say.</summary>
    internal static long PrivateKiB()
    {
        try
        {
            return File.ReadLines("/proc/self/smaps_rollup")
                .Where(line => line.StartsWith("Private_Clean:", StringComparison.Ordinal) || line.StartsWith("Private_Dirty:", StringComparison.Ordinal))
                .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            return 0;
        }
    }
}
