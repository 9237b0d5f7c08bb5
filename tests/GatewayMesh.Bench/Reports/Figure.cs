using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Runs;

namespace GatewayMesh.Bench.Reports;

/// <summary>A row of the report: a value of every peer, and what it is held to.</summary>
/// <param name="Group">Name for <c>--only</c>.</param>
/// <param name="Name">Name in the report.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Step">The step whose measurements have the values.</param>
/// <param name="Value">The value of a measurement; null when the measurement has none.</param>
/// <param name="Target">The outcome of the comparison, or without a rival the value of GatewayMesh, that is wanted.</param>
internal sealed record Figure(string Group, string Name, string Unit, Step Step, Func<Measurement, double?> Value, double Target)
{
    /// <summary>Deployment whose value is compared. Default: GatewayMesh.</summary>
    public string Subject { get; init; } = MeshPeer.OwnName;

    /// <summary>Deployment that the subject is compared with. Default: HAProxy. Null: the value itself has the target.</summary>
    public string? Rival { get; init; } = HaProxyPeer.OwnName;

    /// <summary>The comparison. Default: the ratio.</summary>
    public Comparison Comparison { get; init; } = Comparison.Ratio;

    /// <summary>A setup that the step is measured with besides its own. Default: none.</summary>
    public Setup? Besides { get; init; }

    /// <summary>All setups that the step is measured with.</summary>
    public IReadOnlyList<Setup> Setups => Besides is { } other ? [Step.Setup, other] : [Step.Setup];

    /// <summary>True if more is better: the target is the least. Default: the target is the most.</summary>
    public bool MoreIsBetter { get; init; }

    /// <summary>Decimals of the values. Default: none.</summary>
    public int Decimals { get; init; }
}
