namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>The table of <see cref="BalancingPolicy.Maglev"/>.</summary>
public sealed record MaglevModel
{
    /// <summary>Maximum table size: 5,000,011 entries (Envoy).</summary>
    public const int Largest = 5_000_011;

    /// <summary>The defaults.</summary>
    public static MaglevModel Default { get; } = new();

    /// <summary>
    /// Number of table entries: a prime, at least a hundred times the number of instances for even shares. Default: 65,537 (Envoy; the
    /// paper's small table).
    /// </summary>
    public int TableSize { get; init; } = 65_537;

    internal MaglevModel Under(MaglevEntry entry) => this with { TableSize = entry.TableSize ?? TableSize };
}
