using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Admin.Documents;

/// <summary>The status of a process, from <c>/status</c>. Members absent in older versions are null or empty.</summary>
public sealed record NodeStatus
{
    /// <summary>Name of the node.</summary>
    public string Node { get; init; } = "";

    /// <summary><c>sidecar</c>, <c>gateway</c> or <c>ingress</c>.</summary>
    public string Role { get; init; } = "";

    /// <summary>Version of its binary.</summary>
    public string Version { get; init; } = "";

    /// <summary><c>plaintext</c> or <c>mtls</c>.</summary>
    public string Identity { get; init; } = "";

    /// <summary>Seconds since it started.</summary>
    public double UptimeSeconds { get; init; }

    /// <summary><c>guard</c> and <c>worker</c>, or <c>process</c>.</summary>
    public ImmutableSortedDictionary<string, int> Pids { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Tier in use: <c>sidecar</c>, <c>gateway</c> or <c>none</c>.</summary>
    public string Tier { get; init; } = "";

    /// <summary>Sidecar: the listener lease.</summary>
    public LeaseStatus? Lease { get; init; }

    /// <summary>Sidecar: the current or last upgrade.</summary>
    public UpgradeStatus? Upgrade { get; init; }

    /// <summary>Sidecar: connections carried by the guard.</summary>
    public CarriedStatus? Carried { get; init; }

    /// <summary>Sidecar: gateways known to the guard.</summary>
    public ImmutableArray<GatewayStatus> Gateways { get; init; } = [];

    /// <summary>Counters of the data path.</summary>
    public WorkerStatus? Worker { get; init; }

    /// <summary>Registry and configuration in use.</summary>
    public RegistryStatus? Registry { get; init; }

    /// <summary>The node's certificates; null with plaintext identity or when not reported.</summary>
    public CertificatesStatus? Certificates { get; init; }

    /// <summary>Another node with the same name, as text; null when there is none.</summary>
    public string? NameConflict { get; init; }

    /// <summary>All nodes of the mesh, from the registry.</summary>
    public ImmutableArray<PeerStatus> Nodes { get; init; } = [];

    /// <summary>Listeners by name (<c>outbound/web</c>), in file order.</summary>
    public ImmutableArray<(string Name, HostPort Address)> Listeners { get; init; } = [];

    /// <summary>
    /// True for a sidecar without an outbound listener: gateways carry nothing for it, and its callers use other instances.
    /// </summary>
    public bool IsInboundOnly =>
        !Listeners.IsEmpty && Listeners.All(listener => listener.Name.StartsWith("inbound/", StringComparison.Ordinal));

    /// <summary>Services with <c>sidecarBypass</c> whose application address no gateway can reach.</summary>
    public ImmutableArray<(string Service, string Application)> HiddenApplications { get; init; } = [];

    /// <summary>Services with instances without a sidecar, called in cleartext.</summary>
    public ImmutableArray<string> CleartextServices { get; init; } = [];

    /// <summary>The first registry records that the node ignores.</summary>
    public ImmutableArray<RefusedRecordStatus> Refused { get; init; } = [];

    /// <summary>Number of ignored records.</summary>
    public int RefusedTotal { get; init; }

    /// <summary>Unhealthy applications, instances and nodes known to this node.</summary>
    public ImmutableArray<TroubleStatus> Troubles { get; init; } = [];

    /// <summary>Ingress: ports in the bootstrap file.</summary>
    public ImmutableArray<int> BootstrapPorts { get; init; } = [];

    /// <summary>Ingress: certificates of the public listeners.</summary>
    public ImmutableArray<PublicCertificateStatus> PublicCertificates { get; init; } = [];

    /// <summary>Ingress: ports in the <c>ingress-gateway</c> entry.</summary>
    public ImmutableArray<int> EntryPorts { get; init; } = [];

    /// <summary>The configuration revision in use.</summary>
    public string Revision => Registry?.Revision is { Length: > 0 } revision ? revision : Worker?.Revision ?? "";

    /// <summary>The worker's process id; null without a worker.</summary>
    public int? WorkerPid => Pids.TryGetValue("worker", out var pid) && pid > 0 ? pid : null;

    /// <summary>The guard's process id; null without a guard.</summary>
    public int? GuardPid => Pids.TryGetValue("guard", out var pid) && pid > 0 ? pid : null;

    /// <summary>True if the worker accepts connections.</summary>
    public bool IsLeased => Lease?.State == "leased";
}

/// <summary>The listener lease.</summary>
/// <param name="State"><c>starting</c>, <c>ready</c>, <c>leased</c>, …</param>
/// <param name="Leases">Leases granted so far.</param>
/// <param name="Restarts">Worker restarts so far.</param>
/// <param name="Kills">Workers killed as hung so far.</param>
public sealed record LeaseStatus(string State, long Leases, long Restarts, long Kills);

/// <summary>An upgrade.</summary>
/// <param name="Running">True while the upgrade is running.</param>
/// <param name="Well">Outcome of the last upgrade; null: none, or unknown.</param>
/// <param name="Reason">Reason for the outcome.</param>
public sealed record UpgradeStatus(bool Running, bool? Well, string Reason);

/// <summary>Connections carried to gateways by a guard.</summary>
/// <param name="Open">Open now.</param>
/// <param name="Total">Total so far.</param>
/// <param name="Failed">Ended by an error.</param>
/// <param name="Refused">Refused because no gateway was available.</param>
public sealed record CarriedStatus(long Open, long Total, long Failed, long Refused);

/// <summary>A gateway, as seen by a guard.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Address">Address of the gateway.</param>
/// <param name="State">State in the guard's view.</param>
/// <param name="ExerciseOk">True if the last synthetic request succeeded; null: none yet.</param>
/// <param name="ExerciseAgeSeconds">Age of the last synthetic request, in seconds.</param>
/// <param name="ExerciseError">Error of the last synthetic request.</param>
public sealed record GatewayStatus(
    string Node, string Address, string State, bool? ExerciseOk, double ExerciseAgeSeconds, string? ExerciseError);

/// <summary>Counters of a data path.</summary>
/// <param name="Revision">Configuration revision in use.</param>
/// <param name="Connections">Open now.</param>
/// <param name="Inflight">Requests in flight.</param>
/// <param name="Requests">Total so far.</param>
/// <param name="Rate">Recent requests per second.</param>
public sealed record WorkerStatus(string Revision, long Connections, long Inflight, long Requests, double Rate);

/// <summary>State of a node's registry.</summary>
/// <param name="Kind"><c>file</c> or <c>consul</c>.</param>
/// <param name="Synced">True if the configuration in use is the registry's latest.</param>
/// <param name="Revision">Configuration revision in use.</param>
/// <param name="Errors">Errors of the latest refused configuration.</param>
/// <param name="Target">The folder, or the agent addresses.</param>
public sealed record RegistryStatus(string Kind, bool Synced, string Revision, ImmutableArray<string> Errors, string Target = "")
{
    /// <summary>True if the registry is readable now. Default: true (older nodes do not report it).</summary>
    public bool Reached { get; init; } = true;

    /// <summary>Time since the last successful read; null: unknown.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Error of the last write; null on success.</summary>
    public string? PublishError { get; init; }

    /// <summary>Time of the last read as text, for example <c>last heard 45 s ago</c>.</summary>
    public string Heard => Age is not { } age ? "not heard since this node started"
        : age < TimeSpan.FromMinutes(2) ? string.Create(CultureInfo.InvariantCulture, $"last heard {age.TotalSeconds:0} s ago")
        : $"last heard {RoughTime.Text(age)} ago";
}

/// <summary>Another node, as recorded in the registry.</summary>
public sealed record PeerStatus
{
    /// <summary>Its name.</summary>
    public string Node { get; init; } = "";

    /// <summary>Its role.</summary>
    public string Role { get; init; } = "";

    /// <summary>Version of its binary.</summary>
    public string Version { get; init; } = "";

    /// <summary>Configuration revision in use.</summary>
    public string Revision { get; init; } = "";

    /// <summary>True if that is the latest revision of its registry.</summary>
    public bool Synced { get; init; }

    /// <summary>Tier in use.</summary>
    public string Tier { get; init; } = "";

    /// <summary>Its process ids.</summary>
    public ImmutableSortedDictionary<string, int> Pids { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Its admin address, or null.</summary>
    public HostPort? Admin { get; init; }

    /// <summary>Recent requests per second.</summary>
    public double RequestRate { get; init; }

    /// <summary>True if the record was renewed recently.</summary>
    public bool Alive { get; init; } = true;

    /// <summary>Age of the record.</summary>
    public double AgeSeconds { get; init; }
}
