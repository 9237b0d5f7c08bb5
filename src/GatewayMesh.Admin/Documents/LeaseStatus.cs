namespace GatewayMesh.Admin.Documents;

/// <summary>The lease of a guard's listeners, and the guard's counters. The counters survive every worker.</summary>
public sealed record LeaseStatus : DocumentPart
{
    /// <summary>Phase of the worker: <c>starting</c>, <c>ready</c>, <c>leased</c>, …; <c>none</c> without a worker.</summary>
    public string State { get; set; } = "";

    /// <summary>Acceptor of connections: <c>worker</c>, <c>guard</c>, …</summary>
    public string Acceptor { get; set; } = "";

    /// <summary>Reason why the worker cannot serve, or null.</summary>
    public string? Unfit { get; set; }

    /// <summary>Connections accepted by the guard.</summary>
    public long Accepted { get; set; }

    /// <summary>Workers killed as hung.</summary>
    public long Kills { get; set; }

    /// <summary>Leases granted.</summary>
    public long Leases { get; set; }

    /// <summary>Probes that failed.</summary>
    public long ProbesFailed { get; set; }

    /// <summary>Probes that passed.</summary>
    public long ProbesPassed { get; set; }

    /// <summary>Worker restarts.</summary>
    public long Restarts { get; set; }

    /// <summary>Leases revoked.</summary>
    public long Revocations { get; set; }

    /// <summary>Times that the guard's own timer was late.</summary>
    public long TimerLate { get; set; }
}
