using System.Net;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Events;
using GatewayMesh.Export;
using GatewayMesh.Health;
using GatewayMesh.Identity;
using GatewayMesh.Linux;
using GatewayMesh.Logging;
using GatewayMesh.Proxy;
using GatewayMesh.Registry;
using GatewayMesh.Registry.Live;
using GatewayMesh.Registry.Snapshots;
using GatewayMesh.Roles;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Nodes;

/// <summary>
/// Composition of a node: builds its parts, hands each concern of the registry to its consumer, and disposes everything in order.
/// </summary>
internal sealed class NodeParts : IAsyncDisposable
{
    private readonly IRegistry _registry;
    private readonly ILoggerFactory _logs;
    private readonly CertificateTroubles _troubles = new();
    private readonly CertificateWatch? _watch;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly IPEndPoint? _probe;
    private readonly IDisposable? _export;
    private Task _fetching = Task.CompletedTask;

    /// <summary>Builds the parts. Nothing watches or serves before <see cref="StartAsync"/>.</summary>
    /// <param name="bootstrap">The node's bootstrap.</param>
    /// <param name="events">Receives the node's events.</param>
    /// <param name="progress">The page that the guard reads; null without a guard.</param>
    /// <param name="time">Clock of all parts.</param>
    /// <param name="probe">The guard's probe listener, which registry data must not lead to; null without a guard.</param>
    /// <param name="describe">Returns the node's record; null while the node does not serve.</param>
    /// <param name="displaced">Called with the record of another node of this name.</param>
    internal NodeParts(
        BootstrapSpec bootstrap,
        EventLog events,
        ProgressPage? progress,
        TimeProvider time,
        IPEndPoint? probe,
        Func<NodeRecord?> describe,
        Action<NodeRecord> displaced)
    {
        (_time, _probe) = (time, probe);
        _logs = LoggerFactory.Create(logging => logging.AddProvider(new EventLoggerProvider(events)));
        _registry = Registries.Open(bootstrap, time);
        Configuration = new LiveConfiguration(_registry, new SnapshotStore(bootstrap.DataDir), time, bootstrap.Cluster);
        var reach = ReachRules.Of(bootstrap, time, probe);
        Configuration.Restrict(reach);
        Publisher = new NodePublisher(_registry, describe, time, displaced);
        Health = new ApplicationHealth(time, () => Publisher.Nudge());
        if (bootstrap.Identity == IdentityMode.Mtls)
        {
            Certificates = new CertificateFolder(bootstrap.Certificates, time);
            _watch = new CertificateWatch(bootstrap, Certificates, _troubles, events, time);
        }

        Plane = new DataPlane(DataPlaneOptions.For(bootstrap) with
        {
            Certificates = Certificates,
            Time = time,
            Reach = reach,
            Seed = Environment.ProcessId,
            Logs = _logs,
            Progress = progress,
            Want = _registry.Want,
            AccessLog = Console.OpenStandardOutput(),
        });
        _export = TelemetryExport.Start(bootstrap, events, Plane.Metrics);
    }

    /// <summary>The data plane.</summary>
    internal DataPlane Plane { get; }

    /// <summary>The configuration in use.</summary>
    internal LiveConfiguration Configuration { get; }

    /// <summary>Publication of this node.</summary>
    internal NodePublisher Publisher { get; }

    /// <summary>Health of the local applications.</summary>
    internal ApplicationHealth Health { get; }

    /// <summary>This node's certificates; null with plaintext identity.</summary>
    internal CertificateFolder? Certificates { get; }

    /// <summary>Current state of the certificates; null with plaintext identity.</summary>
    internal CertificateReport? CertificateReport => _watch?.Report;

    /// <summary>The registry as the source of the configuration.</summary>
    internal IConfigurationSource Source => _registry;

    /// <summary>The registry as the target of this node's record and serving state.</summary>
    internal INodeRegistration Registration => _registry;

    /// <summary>Opens the listeners of the data plane and starts to fetch certificates.</summary>
    internal async Task StartAsync()
    {
        Certificates?.Start();
        await Plane.StartAsync().ConfigureAwait(false);
        if (Certificates is not null)
        {
            _fetching = _registry.RunCertificatesAsync(Certificates, _troubles, _stop.Token);
        }
    }

    /// <summary>Starts the watch of the registry, the health checks, and the publication of the node.</summary>
    /// <param name="bootstrap">The node's bootstrap.</param>
    internal void Watch(BootstrapSpec bootstrap)
    {
        Configuration.Start();
        Health.Watch(bootstrap.Sidecar?.Services ?? []);
        Publisher.Start();
    }

    /// <summary>Applies a new bootstrap of the same node to every part.</summary>
    internal void Reconfigure(BootstrapSpec bootstrap)
    {
        _registry.Reconfigure(bootstrap);
        _watch?.Reconfigure(bootstrap);
        var reach = ReachRules.Of(bootstrap, _time, _probe);
        Plane.Restrict(reach);
        Configuration.Restrict(reach);
        Plane.AllowFaults(bootstrap.AllowFaults);
        Plane.UseStores(bootstrap.Stores);
        RoleTable.Of(bootstrap).Reconfigure(Plane, bootstrap);
        Health.Watch(bootstrap.Sidecar?.Services ?? []);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _fetching.ConfigureAwait(false);
        _watch?.Dispose();
        await Publisher.DisposeAsync().ConfigureAwait(false);
        await Health.DisposeAsync().ConfigureAwait(false);
        await Configuration.DisposeAsync().ConfigureAwait(false);
        await Plane.DisposeAsync().ConfigureAwait(false);
        _export?.Dispose();
        await _registry.DisposeAsync().ConfigureAwait(false);
        Certificates?.Dispose();
        _stop.Dispose();
        _logs.Dispose();
    }
}
