using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Events;
using GatewayMesh.Linux;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Registry.Live;
using GatewayMesh.Roles;

namespace GatewayMesh.Nodes;

/// <summary>
/// A data plane with its configuration; the part shared by every role. This type is the lifecycle: <see cref="NodeParts"/> composes the
/// node, <see cref="SnapshotUse"/> applies snapshots, and <see cref="NodeInspection"/> shows the state.
/// </summary>
internal sealed class MeshNode : IAsyncDisposable
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    // Interval at which the registry learns the used services. They stay in use for minutes after the last request.
    private static readonly TimeSpan UseInterval = TimeSpan.FromSeconds(5);

    private readonly NodeFacts _facts;
    private readonly NodeParts _parts;
    private readonly SnapshotUse _snapshots;
    private readonly NamesakeWatch _namesake;
    private readonly ITimer _sampling;
    private readonly ITimer _using;
    private string? _unfit;

    /// <summary>Composes the node. Nothing watches or serves before <see cref="StartAsync"/>.</summary>
    /// <param name="bootstrap">The node's bootstrap.</param>
    /// <param name="pids">Processes of the node, by role.</param>
    /// <param name="events">Receives the node's events.</param>
    /// <param name="progress">The page that the guard reads; null without a guard.</param>
    /// <param name="time">Clock of the whole node.</param>
    /// <param name="probe">The guard's probe listener; null without a guard.</param>
    internal MeshNode(
        BootstrapSpec bootstrap,
        ImmutableSortedDictionary<string, int> pids,
        EventLog events,
        ProgressPage? progress,
        TimeProvider time,
        IPEndPoint? probe = null)
    {
        Time = time;
        _facts = new NodeFacts(bootstrap, pids);
        _namesake = new NamesakeWatch(_facts, events, time);
        _parts = new NodeParts(bootstrap, events, progress, time, probe, () => _facts.Serving ? Describe() : null, _namesake.Meet);
        _snapshots = new SnapshotUse(_facts, _parts, events, time);
        Inspection = new NodeInspection(_facts, _parts, _namesake, events, time);
        if (_parts.Certificates is { } certificates)
        {
            certificates.Changed += TakeCertificates;
        }

        _sampling = time.CreateTimer(_ => Sample(), null, SampleInterval, SampleInterval);
        _using = time.CreateTimer(_ => _parts.Source.Use(Plane.TakeUsed()), null, UseInterval, UseInterval);
    }

    /// <summary>The bootstrap in force.</summary>
    internal BootstrapSpec Bootstrap => _facts.Bootstrap;

    /// <summary>Clock of the whole node.</summary>
    internal TimeProvider Time { get; }

    /// <summary>The data plane.</summary>
    internal DataPlane Plane => _parts.Plane;

    /// <summary>The configuration in use.</summary>
    internal LiveConfiguration Configuration => _parts.Configuration;

    /// <summary>Publication of this node.</summary>
    internal NodePublisher Publisher => _parts.Publisher;

    /// <summary>The state of the node.</summary>
    internal NodeInspection Inspection { get; }

    /// <summary>Reason why the node cannot serve; null when it can.</summary>
    internal string? Unfit => Inspection.Unfit;

    /// <summary>Tier in use.</summary>
    internal string Tier => _facts.Tier;

    /// <summary>Raised when <see cref="Unfit"/> or <see cref="Describe"/> may have changed.</summary>
    internal event Action? Updated;

    /// <summary>Starts everything and returns at once, ready or not.</summary>
    internal async Task StartAsync()
    {
        await _parts.StartAsync().ConfigureAwait(false);
        Configuration.Changed += _snapshots.Apply;
        Configuration.Updated += Report;
        _parts.Watch(Bootstrap);
    }

    /// <summary>True if this process serves and so publishes the node's record.</summary>
    internal void Serve(bool serving)
    {
        _facts.Serving = serving;
        Vouch();
        Plane.Accept(serving);
        Plane.Metrics.SetTier(serving ? RoleTable.Of(Bootstrap).Tier : MeshTier.None);
        Publisher.Nudge();
    }

    /// <summary>True if a guard publishes the state of this process. Default: false.</summary>
    internal void HaveGuard(bool guarded)
    {
        _facts.Guarded = guarded;
        Vouch();
    }

    /// <summary>Applies a new bootstrap of the same node. The caller opens and closes listeners.</summary>
    internal void Reconfigure(BootstrapSpec bootstrap)
    {
        _facts.Bootstrap = bootstrap;
        _parts.Reconfigure(bootstrap);
        _snapshots.Reconfigure();
        Publisher.Nudge();
    }

    /// <summary>Sets the id of a new guard above this process.</summary>
    internal void KnowGuard(int pid) => _facts.Pids = _facts.Pids.SetItem("guard", pid);

    /// <summary>Builds this node's record for the registry.</summary>
    internal NodeRecord Describe() => Inspection.Describe();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sampling.DisposeAsync().ConfigureAwait(false);
        await _using.DisposeAsync().ConfigureAwait(false);
        await _parts.DisposeAsync().ConfigureAwait(false);
    }

    // Without a guard the node reports its own unfitness; under a guard the lease does.
    private void Vouch() => _parts.Registration.Vouch(_facts.Guarded ? null : _facts.Serving && _unfit is null);

    // Certificates expire without any event.
    private void Sample()
    {
        _snapshots.Tick();
        Divide();
        Inspection.Sample();
        _namesake.Tick();
        var unfit = Unfit;
        if (unfit != _unfit)
        {
            _unfit = unfit;
            Vouch();
            Updated?.Invoke();
        }
    }

    // Demands for rate limits over the mesh go to the other nodes in this node's record.
    private void Divide()
    {
        var peers = Configuration.Nodes.Where(node => node.Alive && node.Record.Node != Bootstrap.Node).ToList();
        var rates = Plane.DivideRates(
            peers.Count + 1, peers.Select(peer => peer.Record.Rates), () => NodeRates.RoomIn(Describe()));
        var before = _facts.Rates;
        _facts.Rates = rates;
        if (!before.SequenceEqual(rates))
        {
            Publisher.Nudge();
        }
    }

    private void TakeCertificates()
    {
        _snapshots.WriteFiles();
        Updated?.Invoke();
    }

    private void Report()
    {
        _snapshots.Report();
        Updated?.Invoke();
    }
}
