using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Identity;

namespace GatewayMesh.Commands.Status;

/// <summary>What one process says of itself under <c>/status</c>. What it leaves out is null or empty here: versions of the mesh meet.</summary>
internal sealed record NodeStatus
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

    /// <summary>Who carries its traffic: <c>sidecar</c>, <c>gateway</c> or <c>none</c>.</summary>
    public string Tier { get; init; } = "";

    /// <summary>Sidecar: who may accept.</summary>
    public LeaseStatus? Lease { get; init; }

    /// <summary>Sidecar: the upgrade under way, or the last one.</summary>
    public UpgradeStatus? Upgrade { get; init; }

    /// <summary>Sidecar: what the guard carries.</summary>
    public CarriedStatus? Carried { get; init; }

    /// <summary>Sidecar: the gateways that the guard knows.</summary>
    public ImmutableArray<GatewayStatus> Gateways { get; init; } = [];

    /// <summary>What the data path does.</summary>
    public WorkerStatus? Worker { get; init; }

    /// <summary>Where the configuration comes from.</summary>
    public RegistryStatus? Registry { get; init; }

    /// <summary>The node's certificates; null where peers are not known by certificates, or nothing is said of them.</summary>
    public CertificatesStatus? Certificates { get; init; }

    /// <summary>Another node that has this node's name, in words; null when there is none.</summary>
    public string? NameConflict { get; init; }

    /// <summary>All nodes of the mesh, as the registry knows them.</summary>
    public ImmutableArray<PeerStatus> Nodes { get; init; } = [];

    /// <summary>Its listeners by name (<c>outbound/web</c>), in the order of its file.</summary>
    public ImmutableArray<(string Name, HostPort Address)> Listeners { get; init; } = [];

    /// <summary>True for a sidecar without a way out: no gateway can carry anything for it, and its callers go to other instances.</summary>
    public bool IsInboundOnly => !Listeners.IsEmpty && Listeners.All(listener => listener.Name.StartsWith("inbound/", StringComparison.Ordinal));

    /// <summary>Services that are to be called past a broken sidecar, and where their application listens that no gateway reaches.</summary>
    public ImmutableArray<(string Service, string Application)> HiddenApplications { get; init; } = [];

    /// <summary>Services with instances that no sidecar fronts, which are called in the clear.</summary>
    public ImmutableArray<string> CleartextServices { get; init; } = [];

    /// <summary>Records of the registry that the node does not follow; the first of them.</summary>
    public ImmutableArray<RefusedRecordStatus> Refused { get; init; } = [];

    /// <summary>How many such records there are.</summary>
    public int RefusedTotal { get; init; }

    /// <summary>What does not serve as it should, as this node knows.</summary>
    public ImmutableArray<TroubleStatus> Troubles { get; init; } = [];

    /// <summary>Ingress: ports that stand in the bootstrap file.</summary>
    public ImmutableArray<int> BootstrapPorts { get; init; } = [];

    /// <summary>Ingress: the certificates of its public listeners.</summary>
    public ImmutableArray<PublicCertificateStatus> PublicCertificates { get; init; } = [];

    /// <summary>Ingress: ports that stand in the <c>ingress-gateway</c> entry.</summary>
    public ImmutableArray<int> EntryPorts { get; init; } = [];

    /// <summary>The revision that this process uses.</summary>
    public string Revision => Registry?.Revision is { Length: > 0 } revision ? revision : Worker?.Revision ?? "";

    /// <summary>Its worker's process id, or null while it has none.</summary>
    public int? WorkerPid => Pids.TryGetValue("worker", out var pid) && pid > 0 ? pid : null;

    /// <summary>Its guard's process id, or null when it has none.</summary>
    public int? GuardPid => Pids.TryGetValue("guard", out var pid) && pid > 0 ? pid : null;

    /// <summary>The worker accepts.</summary>
    public bool IsLeased => Lease?.State == "leased";
}

/// <summary>Who may accept.</summary>
/// <param name="State"><c>starting</c>, <c>ready</c>, <c>leased</c>, …</param>
/// <param name="Leases">Leases granted so far.</param>
/// <param name="Restarts">Workers started anew so far.</param>
/// <param name="Kills">Workers killed as hung so far.</param>
internal sealed record LeaseStatus(string State, long Leases, long Restarts, long Kills);

/// <summary>An upgrade.</summary>
/// <param name="Running">True while it is under way.</param>
/// <param name="Well">How the last one ended; null: none has, or its end is not known.</param>
/// <param name="Reason">Reason of that end.</param>
internal sealed record UpgradeStatus(bool Running, bool? Well, string Reason);

/// <summary>Connections that a guard carried to gateways.</summary>
/// <param name="Open">Carried now.</param>
/// <param name="Total">So far.</param>
/// <param name="Failed">Ended by an error.</param>
/// <param name="Refused">No gateway took them.</param>
internal sealed record CarriedStatus(long Open, long Total, long Failed, long Refused);

/// <summary>A gateway as a guard sees it.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Address">Where it is reached.</param>
/// <param name="State">What the guard thinks of it.</param>
/// <param name="ExerciseOk">The last synthetic request through it was answered; null: none yet.</param>
/// <param name="ExerciseAgeSeconds">How long ago that was.</param>
/// <param name="ExerciseError">Why it was not.</param>
internal sealed record GatewayStatus(string Node, string Address, string State, bool? ExerciseOk, double ExerciseAgeSeconds, string? ExerciseError);

/// <summary>What a data path does.</summary>
/// <param name="Revision">Configuration in use.</param>
/// <param name="Connections">Open now.</param>
/// <param name="Inflight">Requests under way.</param>
/// <param name="Requests">So far.</param>
/// <param name="Rate">Requests a second, lately.</param>
internal sealed record WorkerStatus(string Revision, long Connections, long Inflight, long Requests, double Rate);

/// <summary>Where a configuration comes from.</summary>
/// <param name="Kind"><c>file</c> or <c>consul</c>.</param>
/// <param name="Synced">What is used is what the registry has.</param>
/// <param name="Revision">Configuration in use.</param>
/// <param name="Errors">Why the latest was refused.</param>
/// <param name="Target">The folder, or the agents.</param>
internal sealed record RegistryStatus(string Kind, bool Synced, string Revision, ImmutableArray<string> Errors, string Target = "")
{
    /// <summary>Whether it can be read now. Default: true, an older node does not say.</summary>
    public bool Reached { get; init; } = true;

    /// <summary>Time since it was last heard; null: not known.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Why this node cannot write to it; null: it can.</summary>
    public string? PublishError { get; init; }

    /// <summary>When it was last heard, in words: <c>last heard 45 s ago</c>.</summary>
    public string Heard => Age is not { } age ? "not heard since this node started"
        : age < TimeSpan.FromMinutes(2) ? string.Create(CultureInfo.InvariantCulture, $"last heard {age.TotalSeconds:0} s ago")
        : $"last heard {CertificateTimes.Text(age)} ago";
}

/// <summary>Another node, as the registry knows it.</summary>
internal sealed record PeerStatus
{
    /// <summary>Its name.</summary>
    public string Node { get; init; } = "";

    /// <summary>Its role.</summary>
    public string Role { get; init; } = "";

    /// <summary>Version of its binary.</summary>
    public string Version { get; init; } = "";

    /// <summary>Configuration it uses.</summary>
    public string Revision { get; init; } = "";

    /// <summary>Whether that is what its registry says.</summary>
    public bool Synced { get; init; }

    /// <summary>Who carries its traffic.</summary>
    public string Tier { get; init; } = "";

    /// <summary>Its processes.</summary>
    public ImmutableSortedDictionary<string, int> Pids { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Its admin address, or null.</summary>
    public HostPort? Admin { get; init; }

    /// <summary>Requests a second, lately.</summary>
    public double RequestRate { get; init; }

    /// <summary>It was heard of lately.</summary>
    public bool Alive { get; init; } = true;

    /// <summary>How long ago it was heard of.</summary>
    public double AgeSeconds { get; init; }
}
