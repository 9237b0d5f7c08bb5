using System.Globalization;
using System.Runtime.InteropServices;

namespace GatewayMesh.Bench.Soak;

/// <summary>The limit of descriptors of this process, which the programs that it starts inherit.</summary>
internal static partial class DescriptorLimit
{
    private const int Descriptors = 7; // RLIMIT_NOFILE

    /// <summary>Raises the limit to at least <paramref name="least"/>.</summary>
    /// <exception cref="BenchException">The limit cannot be raised so far.</exception>
    public static void Raise(ulong least)
    {
        if (Get(Descriptors, out var limit) == 0 && limit.Soft >= least)
        {
            return;
        }

        var wanted = new Limit { Soft = least, Hard = Math.Max(least, limit.Hard) };
        if (Set(Descriptors, in wanted) != 0)
        {
            throw new BenchException(string.Create(
                CultureInfo.InvariantCulture, $"{least} descriptors are needed, and the limit is {limit.Hard}: raise it (ulimit -Hn {least}) or run as root"));
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int Get(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int Set(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
