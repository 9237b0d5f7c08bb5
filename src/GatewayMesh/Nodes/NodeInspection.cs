using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Events;
using GatewayMesh.Identity;
using GatewayMesh.Proxy.Admission;
using GatewayMesh.Registry.Live;
using GatewayMesh.Roles;
using GatewayMesh.Troubles;

namespace GatewayMesh.Nodes;

/// <summary>The state of a node as other nodes, the guard, and the admin routes see it. Changes nothing.</summary>
internal sealed class NodeInspection
{
    private readonly NodeFacts _facts;
    private readonly NodeParts _parts;
    private readonly NamesakeWatch _namesake;
    private readonly TimeProvider _time;
    private readonly CapacitySampler _capacity;
    private readonly TroubleBook _book;

    internal NodeInspection(NodeFacts facts, NodeParts parts, NamesakeWatch namesake, EventLog events, TimeProvider time)
    {
        (_facts, _parts, _namesake, _time) = (facts, parts, namesake, time);
        _book = new TroubleBook(events, time);
        _capacity = new CapacitySampler(time, () => Environment.CpuUsage.TotalTime, () => parts.Plane.Inspection.Figures.Total);
    }

    /// <summary>Name of the cluster, from the bootstrap or else from the registry.</summary>
    internal string Cluster => _facts.Bootstrap.Cluster ?? _parts.Configuration.Datacenter ?? "default";

    /// <summary>Another node with the same name, as text; null when there is none.</summary>
    internal string? NameConflict => _namesake.Other;

    /// <summary>Current state of the certificates; null with plaintext identity.</summary>
    internal CertificateReport? CertificateReport => _parts.CertificateReport;

    /// <summary>Reason why the node cannot serve; null when it can.</summary>
    internal string? Unfit => !_parts.Configuration.IsInUse
        ? "no configuration: the registry has not responded and there is no last-good snapshot"
        : CertificateReport?.Unfit;

    /// <summary>Recent CPU time per request of this process; zero while unknown.</summary>
    internal TimeSpan CpuPerRequest => _capacity.CpuPerRequest;

    /// <summary>Unhealthy applications, ejected instances, and nodes that are gone.</summary>
    internal IReadOnlyList<OpenTrouble> Troubles => _book.Open;

    /// <summary>Builds this node's record for the registry.</summary>
    internal NodeRecord Describe()
    {
        var bootstrap = _facts.Bootstrap;
        var record = new NodeRecord
        {
            Node = bootstrap.Node,
            Role = bootstrap.Role,
            Version = Versions.Current,
            Revision = _parts.Configuration.Revision,
            Synced = _parts.Configuration.Synced,
            Tier = _facts.Tier,
            Pids = _facts.Pids,
            Admin = bootstrap.Admin.ToString(),
            RequestRate = _capacity.RequestRate,
            Zone = bootstrap.Zone,
            Rates = _facts.Rates,
            Instance = _facts.Instance,
            At = _time.GetUtcNow(),
        };
        return WithKeys(RoleTable.Of(bootstrap).Publish(record, bootstrap, _parts.Health.IsReady));
    }

    // What this node does now: its policy may be older than that of its callers.
    private NodeRecord WithKeys(NodeRecord record)
    {
        var snapshot = _parts.Plane.Inspection.Snapshot;
        return record with
        {
            Services = [
                .. record.Services.Select(
                    service => service with { KeepsKeys = snapshot.PolicyOf(service.Name).Idempotency.Enabled })],
        };
    }

    /// <summary>Measures the load and looks for troubles; called every second.</summary>
    internal void Sample()
    {
        _capacity.Sample();

        // One process speaks for the node: not a process that waits for the lease or has returned it.
        if (_facts.Serving)
        {
            _book.Update(TroubleSearch.In(_facts.Bootstrap, _parts.Health, _parts.Plane, _parts.Configuration.Nodes));
        }
        else
        {
            _book.Forget();
        }
    }
}
