using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>The lot of one request: drawn once, where it enters the mesh, and kept over its attempts and over a gateway that carries it, so that one request has one way.</summary>
/// <param name="Number">64 random bits.</param>
internal readonly record struct SplitSample(ulong Number)
{
    private const ulong Step = 0xD1B5_4A32_D192_ED03UL;

    /// <summary>Its number at the splitter that stands behind <paramref name="depth"/> others: from 0 to <paramref name="bound"/> − 1, each as likely, and independent of those at other depths.</summary>
    public int At(int depth, int bound) => (int)(((SplitMix.Mix(Number + ((ulong)depth * Step)) >> 32) * (ulong)(uint)bound) >> 32);
}
