namespace GatewayMesh.Guard;

/// <summary>What the guard counted since it (or the guard that executed it) was started. Survives every worker.</summary>
internal sealed class GuardCounts
{
    internal long Leases;
    internal long Restarts;
    internal long Kills;
    internal long Revocations;
    internal long ProbesPassed;
    internal long ProbesFailed;
    internal long TimerLate;
    internal long Accepted;
}
