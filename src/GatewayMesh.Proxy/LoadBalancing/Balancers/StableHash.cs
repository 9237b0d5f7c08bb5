namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>
/// A hash that is the same in every process and version, so that sidecar and gateway send a key to the same instance: 64-bit FNV-1a over
/// the UTF-16 code units and a finishing mix, because FNV alone leaves the upper bits of short texts similar. Not for secrets.
/// </summary>
internal static class StableHash
{
    private const ulong Basis = 0xcbf2_9ce4_8422_2325UL;
    private const ulong Prime = 0x0000_0100_0000_01b3UL;

    /// <summary>Hashes a text.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = Basis;
        foreach (var unit in text)
        {
            hash = (hash ^ unit) * Prime;
        }

        return Mix(hash);
    }

    /// <summary>Hashes bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Basis;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * Prime;
        }

        return Mix(hash);
    }

    /// <summary>Spreads a difference in a few bits over all bits (the finish of SplitMix64).</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EBUL;
        return z ^ (z >> 31);
    }
}
