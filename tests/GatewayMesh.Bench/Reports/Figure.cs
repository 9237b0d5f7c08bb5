using GatewayMesh.Bench.Runs;

namespace GatewayMesh.Bench.Reports;

/// <summary>A row of the report: a value of every peer, and what it is held to.</summary>
/// <param name="Group">Name for <c>--only</c>.</param>
/// <param name="Name">Name in the report.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Step">The step whose measurements have the values.</param>
/// <param name="Value">The value of a measurement; null when the measurement has none.</param>
/// <param name="Target">The ratio to HAProxy, or the value of GatewayMesh, that is wanted.</param>
internal sealed record Figure(string Group, string Name, string Unit, Step Step, Func<Measurement, double?> Value, double Target)
{
    /// <summary>Deployment that GatewayMesh is compared with. Default: HAProxy. Null: the value itself has the target.</summary>
    public string? Rival { get; init; } = "HAProxy";

    /// <summary>True if more is better: the target is the least. Default: the target is the most.</summary>
    public bool MoreIsBetter { get; init; }

    /// <summary>Decimals of the values. Default: none.</summary>
    public int Decimals { get; init; }
}
