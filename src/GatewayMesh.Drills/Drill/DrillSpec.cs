using GatewayMesh.Drills.Faults;
using GatewayMesh.Drills.Load;

namespace GatewayMesh.Drills.Drill;

/// <summary>The options of one drill.</summary>
internal sealed record DrillSpec
{
    /// <summary>The fault.</summary>
    public required FaultKind Fault { get; init; }

    /// <summary>The load during the fault.</summary>
    public required LoadSpec Load { get; init; }

    /// <summary>Time of the fault, from the start of the load. Default: 3 s.</summary>
    public TimeSpan FaultAt { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Duration of <see cref="FaultKind.GatewaysDown"/> and <see cref="FaultKind.RegistryDown"/>. Default: 5 s.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Shell commands of <see cref="FaultKind.Command"/>.</summary>
    public ShellOrder? Order { get; init; }

    /// <summary>Shortest load that covers the fault and, where that is quick, the return to normal.</summary>
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
