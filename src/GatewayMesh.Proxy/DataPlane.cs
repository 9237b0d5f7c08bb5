using System.Collections.Immutable;
using System.Diagnostics;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Faults;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy;

/// <summary>
/// Moves requests and responses: one server over a changing set of lent listening sockets, one pipeline, one snapshot at a time. Every role
/// of the mesh is built on a data plane. This type is its life; its parts are <see cref="DataPlaneParts"/>, its configuration is replaced
/// by <see cref="SnapshotUpdate"/>, and <see cref="DataPlaneInspection"/> shows what it does.
/// </summary>
public sealed class DataPlane : IAsyncDisposable
{
    private readonly DataPlaneParts _parts;
    private readonly SnapshotUpdate _update;
    private readonly Lock _gate = new();
    private bool _leased;

    /// <summary>Creates a data plane that serves no listener yet.</summary>
    public DataPlane(DataPlaneOptions options)
    {
        _parts = new DataPlaneParts(options);
        _update = new SnapshotUpdate(_parts);
        Inspection = new DataPlaneInspection(_parts);
    }

    /// <summary>Views for the admin server.</summary>
    public DataPlaneInspection Inspection { get; }

    /// <summary>Metrics, for counters of other components (tier, revision, failovers).</summary>
    public MeshMetrics Metrics => _parts.Metrics;

    /// <summary>True while the data plane accepts connections (other than the probe's).</summary>
    public bool IsAccepting => _parts.Listeners.Accepting;

    /// <summary>True while draining.</summary>
    public bool IsDraining => _parts.Traffic.Draining;

    /// <summary>Returns all errors in the files of an ingress: certificates, keys, and client authorities.</summary>
    public static ImmutableArray<ConfigError> CheckFiles(IngressSpec ingress) => EdgeListeners.Check(ingress.Listeners);

    /// <summary>Starts the server. The server accepts no connection until listeners are open and <see cref="Accept"/> was called.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => _parts.Server.StartAsync(cancellationToken);

    /// <summary>Serves another listener and takes ownership of the socket.</summary>
    public void Open(ListenerSpec listener, ListeningSocket socket) => _parts.Listeners.Open(listener, socket);

    /// <summary>
    /// Stops accepting from the listener and closes this process's descriptor. The socket, which other processes may share, keeps
    /// listening. Existing connections stay open.
    /// </summary>
    /// <returns>False if there is no such listener.</returns>
    public bool Close(string name)
    {
        _parts.Applications.Forget(name);
        return _parts.Listeners.Close(name);
    }

    /// <summary>
    /// Sets the lease. After a call with <see langword="false"/> returns, no further connection is accepted from any listener except the
    /// probe's. A draining data plane accepts none in either case.
    /// </summary>
    public void Accept(bool accept)
    {
        lock (_gate)
        {
            _leased = accept;
            _parts.Listeners.Accept(accept && !IsDraining);
        }
    }

    /// <summary>
    /// Applies new settings to public listeners; existing connections keep theirs. The caller opens and closes the sockets.
    /// </summary>
    public void Reconfigure(IngressSpec ingress) => _parts.Edge.Apply(ingress.Listeners, ingress.TrustedProxies);

    /// <summary>Applies new rules for addresses from the registry; existing connections stay open.</summary>
    public void Restrict(ReachRules reach) => _parts.Restrict(reach);

    /// <summary>Injects the faults of policies from now on, or ignores them.</summary>
    public void AllowFaults(bool allow) => _parts.Faults.IsAllowed = allow;

    /// <summary>Uses these shared stores from now on; the connections to others are closed.</summary>
    public void UseStores(StoresSpec stores) => _parts.Stores.Use(stores);

    /// <summary>
    /// Replaces the configuration. Running requests keep their configuration except for intentions: requests that the new intentions no
    /// longer allow are ended.
    /// </summary>
    public void Apply(MeshSnapshot snapshot) => _update.Apply(snapshot);

    /// <summary>Divides the rate limits over the mesh anew. Called once a second.</summary>
    /// <param name="nodes">Live nodes, this one included.</param>
    /// <param name="peers">Demands in the records of the other live nodes.</param>
    /// <param name="room">Returns the bytes that this node's record has left for its demands.</param>
    /// <returns>Demands for this node's own record.</returns>
    public ImmutableSortedDictionary<string, double> DivideRates(
        int nodes, IEnumerable<ImmutableSortedDictionary<string, double>> peers, Func<int> room) =>
        _parts.Division.Turn(nodes, peers, room);

    /// <summary>Returns the services that requests were sent to since the last call.</summary>
    public IReadOnlyCollection<string> TakeUsed() => _update.TakeUsed();

    /// <summary>
    /// Stops accepting connections and ends existing ones: a connection with a request at its next response, an idle connection after it
    /// has been idle for <paramref name="idle"/> (so that a request in transit is still served). Ends when nothing is left, or at the
    /// timeout; what is left then continues.
    /// </summary>
    /// <param name="timeout">Maximum duration of the drain.</param>
    /// <param name="idle">Idle time after which a connection is ended. Default: 1 s.</param>
    /// <param name="cancellationToken">Cancels the wait, not the drain.</param>
    public async Task<DrainResult> DrainAsync(TimeSpan timeout, TimeSpan? idle = null, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _parts.Traffic.Draining = true;
            _parts.Listeners.Accept(false);
        }

        var time = _parts.Options.Time;
        var end = time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20), time);
        while (true)
        {
            _parts.Connections.EndIdle(idle ?? TimeSpan.FromSeconds(1));
            var left = new DrainResult(_parts.Traffic.InFlight, _parts.Connections.CountWithoutProbe);
            if (left.IsClean || !IsDraining || time.GetTimestamp() >= end)
            {
                return left;
            }

            await tick.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Cancels a drain: connections are accepted again if the lease is held.</summary>
    public void Undrain()
    {
        lock (_gate)
        {
            _parts.Traffic.Draining = false;
            _parts.Listeners.Accept(_leased);
        }
    }

    /// <summary>For tests and benchmarks: the request pipeline without a server in front.</summary>
    internal RequestPipeline Pipeline => _parts.Pipeline;

    /// <summary>For tests and benchmarks: the behaviors of the listener kinds.</summary>
    internal ListenerBehaviors Behaviors => _parts.Behaviors;

    /// <summary>For tests and benchmarks: the current mesh.</summary>
    internal LiveMesh Mesh => _parts.Traffic.Mesh;

    /// <summary>For tests: the injection of faults.</summary>
    internal FaultInjection Faults => _parts.Faults;

    /// <summary>For tests: the source of the spans.</summary>
    internal ActivitySource Activities => _parts.Tracer.Source;

    /// <summary>For tests: the event loops.</summary>
    internal IReadOnlyList<EventLoop> Loops => _parts.Loops.Loops;

    /// <summary>For tests: TLS terms of listeners in place of their kind's own.</summary>
    internal Func<InboundConnection, TlsTerms?>? Terms
    {
        get => _parts.Server.Terms;
        set => _parts.Server.Terms = value;
    }

    /// <summary>Stops at once and aborts open connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _parts.Listeners.Accept(false);
        _parts.Connections.AbortAll();
        using (var now = new CancellationTokenSource(TimeSpan.FromSeconds(2), _parts.Options.Time))
        {
            await _parts.Server.StopAsync(now.Token).ConfigureAwait(false);
        }

        await _parts.DisposeAsync().ConfigureAwait(false);
    }
}
