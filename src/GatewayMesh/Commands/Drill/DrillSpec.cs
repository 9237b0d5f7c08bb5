using GatewayMesh.Commands.Drill.Load;
using GatewayMesh.Commands.Faults;

namespace GatewayMesh.Commands.Drill;

/// <summary>One drill as it was asked for.</summary>
internal sealed record DrillSpec
{
    /// <summary>What is done to the mesh.</summary>
    public required FaultKind Fault { get; init; }

    /// <summary>What the applications do meanwhile.</summary>
    public required LoadSpec Load { get; init; }

    /// <summary>When the fault comes, from the start of the load. Default: 3 s.</summary>
    public TimeSpan FaultAt { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long <see cref="FaultKind.GatewaysDown"/> holds the gateways down, and <see cref="FaultKind.RegistryDown"/> the registry. Default: 5 s.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What <see cref="FaultKind.Command"/> runs.</summary>
    public ShellOrder? Order { get; init; }

    /// <summary>The shortest load that shows what the fault does, and the return to normal where that is quick.</summary>
    public TimeSpan ShortestLoad => FaultAt + Fault switch
    {
        FaultKind.Slow => TimeSpan.FromSeconds(22),
        FaultKind.CrashLoop => TimeSpan.FromSeconds(14),
        FaultKind.Drain => TimeSpan.FromSeconds(12),
        FaultKind.Starve => TimeSpan.FromSeconds(6),
        FaultKind.GatewaysDown => Hold + TimeSpan.FromSeconds(8),
        FaultKind.RegistryDown => Hold + TimeSpan.FromSeconds(15),
        FaultKind.Command => Hold + TimeSpan.FromSeconds(6),
        _ => TimeSpan.FromSeconds(5),
    };
}
