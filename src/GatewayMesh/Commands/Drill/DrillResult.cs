using System.Collections.Immutable;
using GatewayMesh.Commands.Drill.Load;
using GatewayMesh.Commands.Faults;

namespace GatewayMesh.Commands.Drill;

/// <summary>What one drill showed.</summary>
internal sealed record DrillResult
{
    /// <summary>What was asked for.</summary>
    public required DrillSpec Spec { get; init; }

    /// <summary>What the applications saw.</summary>
    public required LoadReport Load { get; init; }

    /// <summary>What the fault did.</summary>
    public required FaultTrace Trace { get; init; }

    /// <summary>What the node's status showed.</summary>
    public required StatusWatch Watch { get; init; }

    /// <summary>From the first gateway's return to the first answer; null unless all gateways were down and one came back.</summary>
    public double? ServedAfterReturnMs { get; init; }

    /// <summary>The slowest refusal, ms from the connect: "at once" in a number.</summary>
    public double SlowestRefusalMs { get; init; }

    /// <summary>The promises that did not hold, in words; empty: all held.</summary>
    public ImmutableArray<string> Broken { get; init; } = [];
}
