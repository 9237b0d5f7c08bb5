using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Hedging;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Listeners.Floods;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Routing.Reports;
using GatewayMesh.Proxy.Routing.Tree;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy;

/// <summary>
/// Bytes in, bytes out: one server over a changing set of lent listening sockets, one pipeline, one snapshot at a time.
/// Every role of the mesh is made of one of these.
/// </summary>
public sealed class DataPlane : IAsyncDisposable
{
    private readonly DataPlaneOptions _options;
    private readonly LentListeners _listeners;
    private readonly OpenConnections _connections;
    private readonly Traffic _traffic;
    private readonly RateMeter _rate;
    private readonly SplitMix _random;
    private readonly EndpointRegistry _endpoints;
    private readonly ITimer _ticking;
    private readonly UpstreamPools _upstreams;
    private readonly RefusedAddresses _refused;
    private readonly YarpForwarder _forwarder = new();
    private readonly ToApplication _applications;
    private readonly GatewayAdmission _admission;
    private readonly RunningLimit? _measured;
    private readonly LimitRegistry _limits;
    private readonly RetryBudgets _budgets;
    private readonly LatencyWindows _latencies = new();
    private readonly ServiceDemand? _demand;
    private readonly RunningExchanges _running;
    private readonly AccessLog? _accessLog;
    private readonly PrometheusText _prometheus;
    private readonly MeshApplication _application;
    private readonly EdgeListeners _edge;
    private readonly KestrelServer _server;
    private readonly PeerTerms? _peers;
    private readonly Lock _gate = new();
    private volatile ReachRules _reach;
    private bool _leased;

    /// <summary>A data plane that serves nothing yet.</summary>
    public DataPlane(DataPlaneOptions options)
    {
        _options = options;
        var time = options.Time;
        var random = _random = new SplitMix((ulong)options.Seed);
        Metrics = new MeshMetrics();
        _prometheus = new PrometheusText(Metrics);
        _accessLog = options.AccessLog is { } sink ? new AccessLog(sink, options.Node, rate: options.AccessLogRate, time: time) : null;
        _traffic = new Traffic(options.Logs.CreateLogger("GatewayMesh.Proxy"));
        _rate = new RateMeter(time);
        _listeners = new LentListeners(options.Limits.MaxConnections, options.Progress, options.Logs);
        _connections = new OpenConnections(_listeners, time);
        _endpoints = new EndpointRegistry(time, (state, cause) => Metrics.CountEjection(state.Key.Service, cause), options.Zone);
        _ticking = time.CreateTimer(_ => _endpoints.Tick(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _reach = options.Reach;
        _upstreams = new UpstreamPools(time, options.Certificates, () => _reach);
        _refused = new RefusedAddresses(options.Logs.CreateLogger("GatewayMesh.Proxy"), time);
        _applications = new ToApplication(options.Node, time);
        _measured = options.AdaptiveConcurrency.Enabled ? new RunningLimit(new AdaptiveLimit(options.AdaptiveConcurrency, SheddingModel.Default, time, random), time) : null;
        _admission = new GatewayAdmission(options.MaxConcurrentRequests, _measured?.Limit);
        _limits = new LimitRegistry(time, random, new Refusals(Metrics));
        LimitGauges.Add(Metrics, _limits, _measured?.Limit);
        _budgets = new RetryBudgets(time);
        _demand = options.Want is { } want ? new ServiceDemand(want, () => _traffic.Mesh, time) : null;
        var denials = new Denials(Metrics, options.Logs.CreateLogger("GatewayMesh.Proxy"), time);
        _running = new RunningExchanges(_connections, () => _traffic.Mesh.Snapshot.Intentions, denials);
        var identity = options.Identity ?? (options.Certificates is { } certificates
            ? new MutualIdentity(certificates, options.IngressService, options.GatewayService, time)
            : new PlaintextIdentity(options.IngressService));
        var attempts = new AttemptLoop(options, _forwarder, _upstreams, new EndpointPicker(time, random), new BypassedSidecars(time), random, new RetryDecider(_budgets, time, random, Metrics), _latencies, Metrics, identity, _refused);
        Pipeline = new RequestPipeline(options, random, _budgets, identity, _demand, denials, _running, attempts);
        Behaviours = new ListenerBehaviours(options, _admission, _applications);
        _application = new MeshApplication(Pipeline, Behaviours, new RequestTelemetry(Metrics, _accessLog), _traffic, time, options.Progress);
        var tunnel = new TunnelConnectionMiddleware(time, random, options.MaxCarriedAge, () => _traffic.Draining, () => _admission.IsFull);
        _peers = options.Certificates is { } shown ? new PeerTerms(shown, time) : null;
        var log = options.Logs.CreateLogger("GatewayMesh.Proxy");
        _edge = new EdgeListeners(time, log);
        _edge.Apply(options.IngressListeners, options.TrustedProxies);
        Metrics.AddGauges("gatewaymesh_public_certificate_expiry_seconds", "Seconds until a certificate of a public listener ends; negative when it has.", ExpiryOfPublicCertificates);
        var edge = new EdgeConnectionMiddleware(_edge, options.Limits, Metrics, log, time);
        var tls = new TlsConnectionMiddleware(TermsOf, options.Limits, new TlsFaults(Metrics, log, time), time);
        _server = new KestrelServer(Microsoft.Extensions.Options.Options.Create(ServerSettings.For(options.Limits, _connections, edge, tls, tunnel, new ProtocolConnectionMiddleware(options.Limits, new FloodGuard(options.Limits, Metrics, log, time), time))), _listeners, options.Logs);
    }

    /// <summary>The instruments, for what others count (tier, revision, failovers).</summary>
    public MeshMetrics Metrics { get; }

    /// <summary>What it is doing.</summary>
    public DataPlaneFigures Figures => new(_listeners.Connections, _traffic.InFlight, _traffic.Total, _rate.Read(_traffic.Total));

    /// <summary>What a gateway's admission has done.</summary>
    public AdmissionCounts Admission => _admission.Counts;

    /// <summary>The snapshot in use.</summary>
    public MeshSnapshot Snapshot => _traffic.Mesh.Snapshot;

    /// <summary>Whether it takes connections (the probe's apart).</summary>
    public bool IsAccepting => _listeners.Accepting;

    /// <summary>Whether it is draining.</summary>
    public bool IsDraining => _traffic.Draining;

    /// <summary>Starts the server; it accepts nothing until there are listeners and <see cref="Accept"/> was called.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => _server.StartAsync(_application, cancellationToken);

    /// <summary>Serves one more listener; takes the socket over.</summary>
    public void Open(ListenerSpec listener, ListeningSocket socket) => _listeners.Open(listener, socket);

    /// <summary>
    /// Takes nothing more from the listener and closes this process's descriptor; the listening state of the socket, which others may share, stays as it is.
    /// Connections that it took live on.
    /// </summary>
    /// <returns>False when there is no such listener.</returns>
    public bool Close(string name)
    {
        _applications.Forget(name);
        return _listeners.Close(name);
    }

    /// <summary>
    /// The lease. Synchronous in effect: once this returns after <see langword="false"/>, no further connection is taken from any listener but the probe's.
    /// While the plane drains nothing is taken in either case.
    /// </summary>
    public void Accept(bool accept)
    {
        lock (_gate)
        {
            _leased = accept;
            _listeners.Accept(accept && !_traffic.Draining);
        }
    }

    /// <summary>The certificates that public listeners show.</summary>
    public IReadOnlyList<EdgeCertificateView> EdgeCertificates => _edge.Certificates;

    /// <summary>Everything that is wrong with the files of an ingress: certificates, keys and the authorities of clients.</summary>
    public static ImmutableArray<ConfigError> CheckFiles(IngressSpec ingress) => EdgeListeners.Check(ingress.Listeners);

    /// <summary>Takes other settings for public listeners; connections that there are keep theirs. Their sockets are opened and closed by the caller.</summary>
    public void Reconfigure(IngressSpec ingress) => _edge.Apply(ingress.Listeners, ingress.TrustedProxies);

    /// <summary>Takes other rules of where registry data may lead; connections that there are stay.</summary>
    public void Restrict(ReachRules reach) => _reach = reach;

    /// <summary>The services that requests went to since the last call.</summary>
    public IReadOnlyCollection<string> TakeUsed() => [.. _traffic.Mesh.Endpoints.Services.Concat(_traffic.Mesh.Endpoints.Targets).Where(set => set.TakeUsed()).Select(set => set.Service).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Swaps the configuration. Requests under way keep the one that they began with, but for its intentions: those that they no longer allow are ended.</summary>
    public void Apply(MeshSnapshot snapshot)
    {
        var before = Snapshot.Intentions.Revision;
        lock (_gate)
        {
            var used = TakeUsed();
            var table = _endpoints.Apply(snapshot);
            foreach (var service in used)
            {
                table.Find(service)?.MarkUsed();
            }

            _traffic.Mesh = new LiveMesh(snapshot, table, RouteTable.Of(snapshot, table, _random, _options.Time)) { Limits = _limits.Apply(snapshot) };
            _demand?.Applied(table);
            _budgets.Process.Declare(snapshot.Policy.Retries.Budget.Ratio, snapshot.Policy.Retries.Budget.MinPerSecond);
            _budgets.Keep(service => table.Find(service) is not null || snapshot.Services.ContainsKey(service));
            _latencies.Keep(snapshot.Services.ContainsKey);
            var addresses = new HashSet<HostPort>(snapshot.Gateways.Select(gateway => gateway.Mesh));
            addresses.UnionWith(table.Instances.Select(instance => instance.Key.Address));
            addresses.UnionWith(table.Instances.Select(instance => instance.Model.Application).OfType<HostPort>());
            _upstreams.RetireAllBut(addresses);
            Metrics.SetRevision(snapshot.Revision);
        }

        _refused.Say(snapshot.Refused);
        if (_options.EnforcesIntentions && before != snapshot.Intentions.Revision)
        {
            _ = _running.EndDenied();
        }
    }

    /// <summary>
    /// Takes no more connections and ends those that there are: each at its next response, the idle ones once they have been idle for
    /// <paramref name="idle"/> (so that a request that is on its way is still answered). Ends when nothing is left, or at the timeout; what is left then goes on.
    /// </summary>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="idle">How long a connection must have been without a request. Default: 1 s.</param>
    /// <param name="cancellationToken">Ends the waiting, not the draining.</param>
    public async Task<DrainResult> DrainAsync(TimeSpan timeout, TimeSpan? idle = null, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _traffic.Draining = true;
            _listeners.Accept(false);
        }

        var time = _options.Time;
        var end = time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20), time);
        while (true)
        {
            _connections.EndIdle(idle ?? TimeSpan.FromSeconds(1));
            var left = new DrainResult(_traffic.InFlight, _connections.CountWithoutProbe);
            if (left.IsClean || !_traffic.Draining || time.GetTimestamp() >= end)
            {
                return left;
            }

            await tick.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes a drain back: connections are accepted again if the lease is held.</summary>
    public void Undrain()
    {
        lock (_gate)
        {
            _traffic.Draining = false;
            _listeners.Accept(_leased);
        }
    }

    /// <summary>The instances with their live state, for the admin's <c>/endpoints</c>.</summary>
    public IReadOnlyList<EndpointView> Endpoints()
    {
        var table = _traffic.Mesh.Endpoints;
        return
        [
            .. table.Instances.Concat(table.Gateways.Concat(_applications.Applications).SelectMany(set => set.All)).Select(EndpointView.Of),
        ];
    }

    /// <summary>The instances and gateways that are ejected now.</summary>
    public IReadOnlyList<EndpointView> Ejected()
    {
        var table = _traffic.Mesh.Endpoints;
        return [.. table.Instances.Concat(table.Gateways.SelectMany(set => set.All)).Where(state => state.IsEjected).Select(EndpointView.Of)];
    }

    /// <summary>The applications of this host that were called, each under the name of its listener.</summary>
    public IReadOnlyList<EndpointView> Applications() => [.. _applications.Applications.SelectMany(set => set.All).Select(EndpointView.Of)];

    /// <summary>The limits of the services that this process calls or fronts, with what is under way.</summary>
    public IReadOnlyList<LimitView> Limits() => [.. _limits.Current.Services.Select(LimitView.Of)];

    /// <summary>Which way a request would take now, and why. Nothing is sent, and nothing counts as used.</summary>
    /// <param name="service">The service that it asks for.</param>
    /// <param name="facts">Its method and fields.</param>
    /// <param name="pathAndQuery">Its path and query.</param>
    public RouteReport Explain(string service, IRequestFacts facts, string pathAndQuery) =>
        RouteTrace.Of(_traffic.Mesh, service, facts, pathAndQuery, _options.Time.GetTimestamp());

    /// <summary>What may be spent on further attempts at a service, and from when on it is hedged.</summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="policy">The policy that holds for the call.</param>
    public AttemptsView Attempts(string service, PolicyModel policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var hedging = policy.Hedging;
        return new AttemptsView(
            _budgets.Of(service, policy.Retries.Budget).View,
            _budgets.Process.View,
            !hedging.IsOn ? null : hedging.Delay ?? (hedging.Quantile is { } share ? _latencies.Find(service)?.Quantile(share) : null));
    }

    /// <summary>Writes the metrics in Prometheus' text format.</summary>
    public void WriteMetrics(IBufferWriter<byte> output) => _prometheus.Write(output);

    /// <summary>For tests and benchmarks: the way of requests, without a server before it.</summary>
    internal RequestPipeline Pipeline { get; }

    /// <summary>For tests and benchmarks: what the kinds of listeners ask for.</summary>
    internal ListenerBehaviours Behaviours { get; }

    /// <summary>For tests and benchmarks: the mesh in use.</summary>
    internal LiveMesh Mesh => _traffic.Mesh;

    /// <summary>For tests: how listeners speak TLS, instead of what their kind asks for.</summary>
    internal Func<InboundConnection, TlsTerms?>? Terms { get; set; }

    /// <summary>Stops at once: what is still open is cut.</summary>
    public async ValueTask DisposeAsync()
    {
        _listeners.Accept(false);
        _connections.AbortAll();
        using (var now = new CancellationTokenSource(TimeSpan.FromSeconds(2)))
        {
            await _server.StopAsync(now.Token).ConfigureAwait(false);
        }

        await _ticking.DisposeAsync().ConfigureAwait(false);

        _server.Dispose();
        _listeners.Dispose();
        _edge.Dispose();
        _upstreams.Dispose();
        _forwarder.Dispose();
        _limits.Dispose();
        _measured?.Dispose();
        _prometheus.Dispose();
        _accessLog?.Dispose();
        Metrics.Dispose();
    }

    private IEnumerable<Measurement<double>> ExpiryOfPublicCertificates()
    {
        var now = _options.Time.GetUtcNow();
        return _edge.Certificates.Select(certificate => new Measurement<double>(
            Math.Floor((certificate.NotAfter - now).TotalSeconds),
            new KeyValuePair<string, object?>("port", certificate.Port.ToString(CultureInfo.InvariantCulture)),
            new KeyValuePair<string, object?>("name", certificate.Names.FirstOrDefault() ?? "")));
    }

    private TlsTerms? TermsOf(InboundConnection inbound) => _peers?.Of(inbound) ?? Terms?.Invoke(inbound) ?? inbound.Edge?.Tls?.Terms;
}
