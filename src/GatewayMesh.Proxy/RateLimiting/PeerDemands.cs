using System.Collections.Frozen;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>Demands that other nodes report for the keys of one limit.</summary>
/// <param name="Nodes">Live nodes, this one included; zero while they are not known.</param>
/// <param name="Keys">Demands by the upper half of the key.</param>
internal sealed record PeerDemands(int Nodes, FrozenDictionary<ulong, double[]> Keys)
{
    /// <summary>State before the first report.</summary>
    public static PeerDemands Unknown { get; } = new(0, FrozenDictionary<ulong, double[]>.Empty);

    /// <summary>Returns the demands of a key.</summary>
    public ReadOnlySpan<double> Of(UInt128 key) => Keys.TryGetValue((ulong)(key >> 64), out var demands) ? demands : [];

    /// <summary>Returns the share of this node, 0 to 1.</summary>
    /// <param name="rate">The rate of all nodes.</param>
    /// <param name="key">The key.</param>
    /// <param name="reported">Demand that this node has reported; zero for none.</param>
    public double ShareOf(double rate, UInt128 key, double reported) =>
        Nodes == 0 ? Division.Unknown : Division.ShareOf(rate, reported, Of(key), Nodes) / rate;
}
