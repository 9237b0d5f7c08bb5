using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Events;
using GatewayMesh.Health;
using GatewayMesh.Identity;
using GatewayMesh.Linux;
using GatewayMesh.Logging;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Registry;
using GatewayMesh.Registry.Live;
using GatewayMesh.Registry.Snapshots;
using GatewayMesh.Troubles;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Nodes;

/// <summary>
/// A data plane with its configuration; the part shared by every role. Watches the registry, feeds snapshots to the data plane, checks the
/// local applications, writes the gateway addresses for the guard, and publishes this node's record.
/// </summary>
internal sealed class MeshNode : IAsyncDisposable
{
    // Interval at which the registry learns the used services. They stay in use for minutes after the last request.
    private static readonly TimeSpan UseInterval = TimeSpan.FromSeconds(5);

    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly IRegistry _registry;
    private readonly ILoggerFactory _logs;
    private readonly ApplicationHealth _health;
    private readonly TroubleBook _book;
    private readonly GatewayFiles _gatewayFiles;
    private readonly ClientIdentityFiles _clientFiles;
    private readonly Lock _writing = new();
    private readonly CapacitySampler _capacity;
    private readonly ITimer _sampling;
    private readonly ITimer _using;
    private readonly CertificateTroubles _troubles = new();
    private readonly CertificateWatch? _watch;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _instance;
    private readonly NameConflict _name;
    private readonly long _began;
    private readonly IPEndPoint? _probe;
    private Task _fetching = Task.CompletedTask;
    private string? _unfit;
    private volatile BootstrapSpec _bootstrap;
    private ImmutableSortedDictionary<string, int> _pids;
    private readonly RegistryEvents _registryEvents;
    private string _revision = MeshSnapshot.Empty.Revision;
    private bool _serving;
    private bool _guarded;

    internal MeshNode(
        BootstrapSpec bootstrap,
        ImmutableSortedDictionary<string, int> pids,
        EventLog events,
        ProgressPage? progress,
        TimeProvider time,
        IPEndPoint? probe = null)
    {
        _bootstrap = bootstrap;
        _pids = pids;
        _events = events;
        _time = time;
        _probe = probe;
        _registryEvents = new RegistryEvents(events, time);
        _book = new TroubleBook(events, time);
        _began = time.GetTimestamp();
        _instance = NodeInstance.Of(bootstrap.DataDir);
        _name = new NameConflict();
        _gatewayFiles = new GatewayFiles(events);
        _clientFiles = new ClientIdentityFiles(events);
        _logs = LoggerFactory.Create(logging => logging.AddProvider(new EventLoggerProvider(events)));
        _registry = Registries.Open(bootstrap, time);
        Configuration = new LiveConfiguration(_registry, new SnapshotStore(bootstrap.DataDir), time, bootstrap.Cluster);
        var reach = ReachRules.Of(bootstrap, time, probe);
        Configuration.Restrict(reach);
        Publisher = new NodePublisher(_registry, () => _serving ? Describe() : null, time, MeetNamesake);
        _health = new ApplicationHealth(time, () => Publisher.Nudge());
        if (bootstrap.Identity == IdentityMode.Mtls)
        {
            Certificates = new CertificateFolder(bootstrap.Certificates, time);
            Certificates.Changed += TakeCertificates;
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
        _capacity = new CapacitySampler(time, () => Environment.CpuUsage.TotalTime, () => Plane.Figures.Total);
        _sampling = time.CreateTimer(_ => Sample(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _using = time.CreateTimer(_ => _registry.Use(Plane.TakeUsed()), null, UseInterval, UseInterval);
    }

    internal BootstrapSpec Bootstrap => _bootstrap;

    internal DataPlane Plane { get; }

    internal LiveConfiguration Configuration { get; }

    /// <summary>This node's certificates; null with plaintext identity.</summary>
    internal CertificateFolder? Certificates { get; }

    /// <summary>Current state of the certificates; null with plaintext identity.</summary>
    internal CertificateReport? CertificateReport => _watch?.Report;

    internal NodePublisher Publisher { get; }

    /// <summary>Name of the cluster, from the bootstrap or else from the registry.</summary>
    internal string Cluster => _bootstrap.Cluster ?? Configuration.Datacenter ?? "default";

    /// <summary>Another node with the same name, as text; null when there is none.</summary>
    internal string? NameConflict
    {
        get
        {
            lock (_name)
            {
                return _name.Other;
            }
        }
    }

    /// <summary>Reason why the node cannot serve; null when it can.</summary>
    internal string? Unfit => Configuration.Origin == ConfigurationOrigin.None
        ? "no configuration: the registry has not responded and there is no last-good snapshot"
        : CertificateReport?.Unfit;

    /// <summary>Recent CPU time per request of this process; zero while unknown.</summary>
    internal TimeSpan CpuPerRequest => _capacity.CpuPerRequest;

    /// <summary>Tier in use.</summary>
    internal string Tier => !_serving ? "none" : _bootstrap.Role.ToString().ToLowerInvariant();

    /// <summary>Unhealthy applications, ejected instances, and nodes that are gone.</summary>
    internal IReadOnlyList<OpenTrouble> Troubles => _book.Open;

    /// <summary>Raised when <see cref="Unfit"/> or <see cref="Describe"/> may have changed.</summary>
    internal event Action? Updated;

    /// <summary>Starts everything and returns at once, ready or not.</summary>
    internal async Task StartAsync()
    {
        Certificates?.Start();
        await Plane.StartAsync().ConfigureAwait(false);
        if (Certificates is not null)
        {
            _fetching = _registry.RunCertificatesAsync(Certificates, _troubles, _stop.Token);
        }

        Configuration.Changed += Apply;
        Configuration.Updated += Report;
        Configuration.Start();
        _health.Watch(_bootstrap.Sidecar?.Services ?? []);
        Publisher.Start();
    }

    /// <summary>True if this process serves and so publishes the node's record.</summary>
    internal void Serve(bool serving)
    {
        _serving = serving;
        Vouch();
        Plane.Accept(serving);
        Plane.Metrics.SetTier(!serving ? MeshTier.None : _bootstrap.Role == MeshRole.Sidecar ? MeshTier.Sidecar : MeshTier.Gateway);
        Publisher.Nudge();
    }

    /// <summary>True if a guard publishes the state of this process. Default: false.</summary>
    internal void HaveGuard(bool guarded)
    {
        _guarded = guarded;
        Vouch();
    }

    /// <summary>Applies a new bootstrap of the same node. The caller opens and closes listeners.</summary>
    internal void Reconfigure(BootstrapSpec bootstrap)
    {
        _bootstrap = bootstrap;
        _registry.Reconfigure(bootstrap);
        _watch?.Reconfigure(bootstrap);
        var reach = ReachRules.Of(bootstrap, _time, _probe);
        Plane.Restrict(reach);
        Configuration.Restrict(reach);
        if (bootstrap.Ingress is { } ingress)
        {
            Plane.Reconfigure(ingress);
        }

        _health.Watch(bootstrap.Sidecar?.Services ?? []);
        WriteFiles(Configuration.Current);
        Publisher.Nudge();
    }

    /// <summary>Sets the id of a new guard above this process.</summary>
    internal void KnowGuard(int pid) => _pids = _pids.SetItem("guard", pid);

    /// <summary>Builds this node's record for the registry.</summary>
    internal NodeRecord Describe() => new()
    {
        Node = _bootstrap.Node,
        Role = _bootstrap.Role,
        Version = Versions.Current,
        Revision = Configuration.Revision,
        Synced = Configuration.Synced,
        Tier = Tier,
        Pids = _pids,
        Admin = _bootstrap.Admin.ToString(),
        RequestRate = _capacity.RequestRate,
        Zone = _bootstrap.Zone,
        Services = NodeServices.Of(_bootstrap, _health.IsReady),
        Gateway = _bootstrap.Gateway is { } gateway
            ? new NodeGateway(gateway.Service, gateway.Group, new HostPort(gateway.Address, gateway.Listen.Port), _bootstrap.TunnelAddress)
            : null,
        Instance = _instance,
        At = _time.GetUtcNow(),
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sampling.DisposeAsync().ConfigureAwait(false);
        await _using.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _fetching.ConfigureAwait(false);
        _watch?.Dispose();
        await Publisher.DisposeAsync().ConfigureAwait(false);
        await _health.DisposeAsync().ConfigureAwait(false);
        await Configuration.DisposeAsync().ConfigureAwait(false);
        await Plane.DisposeAsync().ConfigureAwait(false);
        await _registry.DisposeAsync().ConfigureAwait(false);
        Certificates?.Dispose();
        _stop.Dispose();
        _logs.Dispose();
    }

    // Without a guard the node reports its own unfitness; under a guard the lease does.
    private void Vouch() => _registry.Vouch(_guarded ? null : _serving && _unfit is null);

    // Certificates expire without any event.
    private void Sample()
    {
        _capacity.Sample();
        _registryEvents.Tick(Publisher.Error);
        LookForTrouble();
        TellNamesake(static (name, now) => name.Tick(now));
        var unfit = Unfit;
        if (unfit != _unfit)
        {
            _unfit = unfit;
            Vouch();
            Updated?.Invoke();
        }
    }

    // One process speaks for the node: not a process that waits for the lease or has returned it.
    private void LookForTrouble()
    {
        if (_serving)
        {
            _book.Update(TroubleSearch.In(_bootstrap, _health, Plane, Configuration.Nodes));
        }
        else
        {
            _book.Forget();
        }
    }

    private void MeetNamesake(NodeRecord other) => TellNamesake((name, now) => name.Meet(other, now));

    private void TellNamesake(Func<NameConflict, TimeSpan, bool> look)
    {
        lock (_name)
        {
            if (!look(_name, _time.GetElapsedTime(_began)))
            {
                return;
            }

            if (_name.Other is { } other)
            {
                _events.Error(
                    "node_name_taken",
                    $"another node is also named {_bootstrap.Node}: {other}; both keep replacing each other in the registry; rename one "
                        + $"with --node NAME");
            }
            else
            {
                _events.Info("node_name_alone", $"no other node is named {_bootstrap.Node} any more");
            }
        }
    }

    private void TakeCertificates()
    {
        WriteFiles(Configuration.Current);
        Updated?.Invoke();
    }

    // Files read by the guard and the client library. Snapshot and certificates arrive independently.
    private void WriteFiles(MeshSnapshot snapshot)
    {
        lock (_writing)
        {
            _gatewayFiles.Write(_bootstrap, snapshot, Certificates?.Trust?.TrustDomain);
            _clientFiles.Write(_bootstrap, Certificates);
        }
    }

    private void Apply(MeshSnapshot snapshot)
    {
        Plane.Apply(snapshot);
        WriteFiles(snapshot);
        if (snapshot.Revision == _revision)
        {
            // Only the set of watched services has changed.
            return;
        }

        _revision = snapshot.Revision;
        if (_bootstrap.Identity == IdentityMode.Mtls && !snapshot.Intentions.IsKnown)
        {
            _events.Error("intentions_unknown", "the intentions have never been read: every request is denied until they are");
        }

        _events.Info(
            "configuration",
            $"revision {snapshot.Revision} is in use",
            ("origin", Configuration.Origin.ToString()),
            ("services", snapshot.Services.Count));
    }

    private void Report()
    {
        Plane.Metrics.SetConfigErrors(Configuration.Errors.Sum(error => Math.Max(1, error.More)));
        _registryEvents.Read(_registry.Name, Configuration.Reached, Configuration.Errors, Configuration.RegistryAge);
        Updated?.Invoke();
    }
}
