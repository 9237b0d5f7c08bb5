using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>
/// Splitter sample of one request: drawn once where the request enters the mesh, and kept over all attempts and by a carrying gateway, so
/// that a request always takes the same route.
/// </summary>
/// <param name="Number">64 random bits.</param>
internal readonly record struct SplitSample(ulong Number)
{
    private const ulong Step = 0xD1B5_4A32_D192_ED03UL;

    /// <summary>
    /// Returns the number at the splitter after <paramref name="depth"/> others: from 0 to <paramref name="bound"/> − 1, uniform and
    /// independent of the numbers at other depths.
    /// </summary>
    public int At(int depth, int bound) => (int)(((SplitMix.Mix(Number + ((ulong)depth * Step)) >> 32) * (ulong)(uint)bound) >> 32);
}
