using GatewayMesh.Admin.Views;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Events;
using GatewayMesh.Logging;

namespace GatewayMesh.Nodes;

/// <summary>
/// Takes each compiled snapshot into use: feeds the data plane, writes the files that the guard and the client library read, and logs
/// changes and the state of the registry.
/// </summary>
/// <param name="facts">Facts about the node.</param>
/// <param name="parts">Parts of the node.</param>
/// <param name="events">Receives the events.</param>
/// <param name="time">Clock of the events about the registry.</param>
internal sealed class SnapshotUse(NodeFacts facts, NodeParts parts, EventLog events, TimeProvider time)
{
    private readonly GatewayFiles _gatewayFiles = new(events);
    private readonly ClientIdentityFiles _clientFiles = new(events);
    private readonly RegistryEvents _registryEvents = new(events, time);
    private readonly FlagEvents _flagEvents = new(events);
    private readonly FaultEvents _faults = new(events);
    private readonly Lock _writing = new();
    private string _revision = MeshSnapshot.Empty.Revision;

    /// <summary>Uses <paramref name="snapshot"/> for all requests from now on.</summary>
    internal void Apply(MeshSnapshot snapshot)
    {
        parts.Plane.Apply(snapshot);
        WriteFiles(snapshot);
        if (snapshot.Revision == _revision)
        {
            // Only the set of watched services has changed.
            return;
        }

        _revision = snapshot.Revision;
        if (facts.Bootstrap.Identity == IdentityMode.Mtls && !snapshot.Intentions.IsKnown)
        {
            events.Error("intentions_unknown", "the intentions have never been read: every request is denied until they are");
        }

        ReportFaults(snapshot);
        _flagEvents.Take(snapshot.FeatureFlags);
        events.Info(
            "configuration",
            $"revision {snapshot.Revision} is in use",
            ("origin", parts.Configuration.Origin.ToString()),
            ("services", snapshot.Services.Count));
    }

    /// <summary>Writes the files again: the snapshot, the certificates, and the bootstrap change independently.</summary>
    internal void WriteFiles() => WriteFiles(parts.Configuration.Current);

    /// <summary>Follows a reloaded bootstrap.</summary>
    internal void Reconfigure()
    {
        WriteFiles();
        ReportFaults(parts.Configuration.Current);
    }

    /// <summary>Shows the errors of the configuration in metrics and events.</summary>
    internal void Report()
    {
        var configuration = parts.Configuration;
        parts.Plane.Metrics.SetConfigErrors(configuration.Errors.Sum(error => Math.Max(1, error.More)));
        _registryEvents.Read(parts.Source.Name, configuration.Reached, configuration.Errors, configuration.RegistryAge);
    }

    /// <summary>Logs the errors of the publication; called every second.</summary>
    internal void Tick() => _registryEvents.Tick(parts.Publisher.Error);

    private void ReportFaults(MeshSnapshot snapshot) => _faults.Report(facts.Bootstrap.AllowFaults, FaultView.Services(snapshot));

    private void WriteFiles(MeshSnapshot snapshot)
    {
        lock (_writing)
        {
            _gatewayFiles.Write(facts.Bootstrap, snapshot, parts.Certificates?.Trust?.TrustDomain);
            _clientFiles.Write(facts.Bootstrap, parts.Certificates);
        }
    }
}
