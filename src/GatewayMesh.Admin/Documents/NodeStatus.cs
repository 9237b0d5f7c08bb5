using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>
/// <c>/status</c>: a process, its node, and the mesh as the node sees it. A guard adds its parts to those of its worker.
/// </summary>
public sealed record NodeStatus : DocumentPart
{
    /// <summary>Schema of this document. A build that writes none has schema 1.</summary>
    public int Schema { get; set; } = 1;

    /// <summary>Name of the node.</summary>
    public string Node { get; set; } = "";

    /// <summary><c>sidecar</c>, <c>gateway</c> or <c>ingress</c>.</summary>
    public string Role { get; set; } = "";

    /// <summary>Version of the program.</summary>
    public string Version { get; set; } = "";

    /// <summary><c>plaintext</c> or <c>mtls</c>.</summary>
    public string Identity { get; set; } = "";

    /// <summary>Time since the process started, in seconds.</summary>
    public double UptimeSeconds { get; set; }

    /// <summary>Tier in use: <c>sidecar</c>, <c>gateway</c> or <c>none</c>.</summary>
    public string Tier { get; set; } = "";

    /// <summary>Process ids: <c>guard</c> and <c>worker</c>, or <c>process</c>.</summary>
    public ImmutableSortedDictionary<string, int> Pids { get; set; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Listeners, in the order of the bootstrap file.</summary>
    public ImmutableArray<ListenerStatus> Listeners { get; set; } = [];

    /// <summary>True if the node is drained.</summary>
    public bool Drained { get; set; }

    /// <summary>Guard: the listener lease.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LeaseStatus? Lease { get; set; }

    /// <summary>Guard: the current or last upgrade.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UpgradeStatus? Upgrade { get; set; }

    /// <summary>Guard: memory, carried connections, gateways, workers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GuardStatus? Guard { get; set; }

    /// <summary>Guard: reason why the parts of the worker are absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WorkerError { get; set; }

    /// <summary>Name of the cluster.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cluster { get; set; }

    /// <summary>Counters of the data path.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WorkerStatus? Worker { get; set; }

    /// <summary>Registry, and configuration in use.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RegistryStatus? Registry { get; set; }

    /// <summary>Another node with the same name, as text; null when there is none.</summary>
    public string? NameConflict { get; set; }

    /// <summary>All nodes of the mesh, from the registry.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<PeerStatus> Nodes { get; set; } = [];

    /// <summary>Number of registry records that the node ignores.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RefusedTotal { get; set; }

    /// <summary>The first of these records, at most 20.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<RefusedRecordStatus> Refused { get; set; } = [];

    /// <summary>Unhealthy applications, instances and nodes, longest first, at most 100.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<TroubleStatus> Troubles { get; set; } = [];

    /// <summary>Shared stores; absent when this process has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<StoreStatus>? Stores { get; set; }

    /// <summary>Services with <c>sidecarBypass</c> whose application no gateway can reach.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<HiddenApplicationStatus> HiddenApplications { get; set; } = [];

    /// <summary>Services with instances without a sidecar, called in cleartext.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<string> CleartextServices { get; set; } = [];

    /// <summary>Faults of policies; absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FaultStatus? Faults { get; set; }

    /// <summary>Certificates of the node; absent with plaintext identity.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CertificatesStatus? Certificates { get; set; }

    /// <summary>Gateway: load and capacity.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GatewayLoadStatus? Gateway { get; set; }

    /// <summary>Ingress: ports and public certificates.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IngressStatus? Ingress { get; set; }

    /// <summary>The start of a status without the parts of a worker: their lists are absent, which is not the same as empty.</summary>
    public static NodeStatus WithoutWorker =>
        new() { Nodes = default, Refused = default, Troubles = default, HiddenApplications = default, CleartextServices = default };

    /// <summary>The configuration revision in use.</summary>
    [JsonIgnore]
    public string Revision => Registry?.Revision is { Length: > 0 } revision ? revision : Worker?.Revision ?? "";

    /// <summary>The worker's process id; null without a worker.</summary>
    [JsonIgnore]
    public int? WorkerPid => Pids.TryGetValue("worker", out var pid) && pid > 0 ? pid : null;

    /// <summary>The guard's process id; null without a guard.</summary>
    [JsonIgnore]
    public int? GuardPid => Pids.TryGetValue("guard", out var pid) && pid > 0 ? pid : null;

    /// <summary>True if the worker accepts connections.</summary>
    [JsonIgnore]
    public bool IsLeased => Lease?.State == "leased";

    /// <summary>
    /// True for a sidecar without an outbound listener: gateways carry nothing for it, and its callers use other instances.
    /// </summary>
    [JsonIgnore]
    public bool IsInboundOnly =>
        !Listeners.IsEmpty && Listeners.All(listener => listener.Name.StartsWith("inbound/", StringComparison.Ordinal));
}
