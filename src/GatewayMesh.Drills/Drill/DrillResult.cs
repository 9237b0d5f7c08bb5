using System.Collections.Immutable;
using GatewayMesh.Drills.Faults;
using GatewayMesh.Drills.Load;

namespace GatewayMesh.Drills.Drill;

/// <summary>Result of one drill.</summary>
internal sealed record DrillResult
{
    /// <summary>The options of the drill.</summary>
    public required DrillSpec Spec { get; init; }

    /// <summary>The load as the applications saw it.</summary>
    public required LoadReport Load { get; init; }

    /// <summary>Trace of the fault.</summary>
    public required FaultTrace Trace { get; init; }

    /// <summary>Status changes of the node.</summary>
    public required StatusWatch Watch { get; init; }

    /// <summary>Time from the first gateway's return to the first response. Null unless all gateways were down and one returned.</summary>
    public double? ServedAfterReturnMs { get; init; }

    /// <summary>Slowest refusal in ms, from the connect.</summary>
    public double SlowestRefusalMs { get; init; }

    /// <summary>Broken promises, as text. Empty when all held.</summary>
    public ImmutableArray<string> Broken { get; init; } = [];
}
