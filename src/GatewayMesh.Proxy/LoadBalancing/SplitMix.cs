namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Seeded random numbers for many threads without a lock (SplitMix64: one interlocked addition and a mix). Not for secrets.
/// </summary>
public sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Returns 64 random bits.</summary>
    public ulong Next() => Mix(Interlocked.Add(ref _state, 0x9E37_79B9_7F4A_7C15UL));

    /// <summary>Returns the mixing step alone: a bijection that maps close numbers to distant ones.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Returns a number from 0 to <paramref name="bound"/> − 1; <paramref name="bound"/> is at least 1.</summary>
    public int Next(int bound) => (int)(((Next() >> 32) * (ulong)(uint)bound) >> 32);

    /// <summary>Returns a number from 0 to just below 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));
}
