using GatewayMesh.Drills.Faults;

namespace GatewayMesh.Drills.Demo.Script;

/// <summary>One step of the demo: a fault at a point in time.</summary>
/// <param name="At">Start, as a fraction of the duration.</param>
/// <param name="Node">Node whose admin address the fault uses.</param>
/// <param name="Fault">The fault.</param>
/// <param name="Announcement">Announcement printed before the step.</param>
internal sealed record DemoStep(double At, string Node, FaultKind Fault, string Announcement)
{
    /// <summary>The demo's script.</summary>
    public static IReadOnlyList<DemoStep> All { get; } =
    [
        new(0.10, "host-a", FaultKind.Kill, "host-a's worker is killed (kill -9)"),
        new(0.30, "host-b", FaultKind.Hang, "host-b's worker hangs (kill -STOP)"),
        new(0.50, "host-c", FaultKind.Upgrade, "host-c is upgraded in place"),
        new(0.70, "host-a", FaultKind.KillGateway, "a gateway is killed (kill -9)"),
    ];
}
