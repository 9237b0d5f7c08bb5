namespace GatewayMesh.Admin.Documents;

/// <summary>Progress of an upgrade, from the status before it and the current one.</summary>
public static class UpgradeProgress
{
    /// <summary>True when the upgrade failed, or a new worker holds the lease and the guard has nothing left to do.</summary>
    public static bool HasEnded(NodeStatus before, NodeStatus now) =>
        now.Upgrade?.Running != true && (now.Upgrade?.Well == false || IsUpgraded(before, now));

    /// <summary>True when a new worker holds the lease.</summary>
    public static bool IsUpgraded(NodeStatus before, NodeStatus now) =>
        now.IsLeased && now.WorkerPid is not null && now.WorkerPid != before.WorkerPid;
}
