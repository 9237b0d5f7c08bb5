using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Attempts;
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
/// Moves requests and responses: one server over a changing set of lent listening sockets, one pipeline, one snapshot at a time. Every role
/// of the mesh is built on a data plane.
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
    private readonly ServerApplication _application;
    private readonly EdgeListeners _edge;
    private readonly KestrelServer _server;
    private readonly PeerTerms? _peers;
    private readonly Lock _gate = new();
    private volatile ReachRules _reach;
    private bool _leased;

    /// <summary>Creates a data plane that serves no listener yet.</summary>
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
        _measured = options.AdaptiveConcurrency.Enabled
            ? new RunningLimit(new AdaptiveLimit(options.AdaptiveConcurrency, SheddingModel.Default, time, random), time)
            : null;
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
        var decider = new RetryDecider(_budgets, time, random, Metrics);
        var hops = new HopSelector(options, new EndpointPicker(time, random), _upstreams, identity);
        var sender = new AttemptSender(_forwarder, _refused);
        var retries = new RetryLoop(hops, sender, decider, _latencies, Metrics);
        var paths = new PathSelector(options, hops, sender, retries, decider, new BypassedSidecars(time), random, Metrics);
        Pipeline = new RequestPipeline(options, random, _budgets, identity, _demand, denials, _running, paths);
        Behaviours = new ListenerBehaviours(options, _admission, _applications);
        _application = new ServerApplication(
            new RequestEntry(Pipeline, Behaviours, new RequestTelemetry(Metrics, _accessLog), _traffic, time, options.Progress));
        var tunnel = new TunnelConnectionMiddleware(time, random, options.MaxCarriedAge, () => _traffic.Draining, () => _admission.IsFull);
        _peers = options.Certificates is { } shown ? new PeerTerms(shown, time) : null;
        var log = options.Logs.CreateLogger("GatewayMesh.Proxy");
        _edge = new EdgeListeners(time, log);
        _edge.Apply(options.IngressListeners, options.TrustedProxies);
        Metrics.AddGauges(
            "gatewaymesh_public_certificate_expiry_seconds",
            "Seconds until a certificate of a public listener expires; negative after expiry.",
            ExpiryOfPublicCertificates);
        var edge = new EdgeConnectionMiddleware(_edge, options.Limits, Metrics, log, time);
        var tls = new TlsConnectionMiddleware(TermsOf, options.Limits, new TlsFaults(Metrics, log, time), time);
        _server = new KestrelServer(
            Microsoft.Extensions.Options.Options.Create(
                ServerSettings.For(
                    options.Limits,
                    _connections,
                    edge,
                    tls,
                    tunnel,
                    new ProtocolConnectionMiddleware(options.Limits, new FloodGuard(options.Limits, Metrics, log, time), time))),
            _listeners,
            options.Logs);
    }

    /// <summary>Metrics, for counters of other components (tier, revision, failovers).</summary>
    public MeshMetrics Metrics { get; }

    /// <summary>Current activity.</summary>
    public DataPlaneFigures Figures => new(_listeners.Connections, _traffic.InFlight, _traffic.Total, _rate.Read(_traffic.Total));

    /// <summary>Admission counters of a gateway.</summary>
    public AdmissionCounts Admission => _admission.Counts;

    /// <summary>The snapshot in use.</summary>
    public MeshSnapshot Snapshot => _traffic.Mesh.Snapshot;

    /// <summary>True while the data plane accepts connections (other than the probe's).</summary>
    public bool IsAccepting => _listeners.Accepting;

    /// <summary>True while draining.</summary>
    public bool IsDraining => _traffic.Draining;

    /// <summary>Starts the server. The server accepts no connection until listeners are open and <see cref="Accept"/> was called.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => _server.StartAsync(_application, cancellationToken);

    /// <summary>Serves another listener and takes ownership of the socket.</summary>
    public void Open(ListenerSpec listener, ListeningSocket socket) => _listeners.Open(listener, socket);

    /// <summary>
    /// Stops accepting from the listener and closes this process's descriptor. The socket, which other processes may share, keeps
    /// listening. Existing connections stay open.
    /// </summary>
    /// <returns>False if there is no such listener.</returns>
    public bool Close(string name)
    {
        _applications.Forget(name);
        return _listeners.Close(name);
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
            _listeners.Accept(accept && !_traffic.Draining);
        }
    }

    /// <summary>Certificates of the public listeners.</summary>
    public IReadOnlyList<EdgeCertificateView> EdgeCertificates => _edge.Certificates;

    /// <summary>Returns all errors in the files of an ingress: certificates, keys, and client authorities.</summary>
    public static ImmutableArray<ConfigError> CheckFiles(IngressSpec ingress) => EdgeListeners.Check(ingress.Listeners);

    /// <summary>
    /// Applies new settings to public listeners; existing connections keep theirs. The caller opens and closes the sockets.
    /// </summary>
    public void Reconfigure(IngressSpec ingress) => _edge.Apply(ingress.Listeners, ingress.TrustedProxies);

    /// <summary>Applies new rules for addresses from the registry; existing connections stay open.</summary>
    public void Restrict(ReachRules reach) => _reach = reach;

    /// <summary>Returns the services that requests were sent to since the last call.</summary>
    public IReadOnlyCollection<string> TakeUsed() =>
        [
            .. _traffic.Mesh.Endpoints.Services.Concat(_traffic.Mesh.Endpoints.Targets)
                .Where(set => set.TakeUsed())
                .Select(set => set.Service)
                .Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>
    /// Replaces the configuration. Running requests keep their configuration except for intentions: requests that the new intentions no
    /// longer allow are ended.
    /// </summary>
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

            _traffic.Mesh = new LiveMesh(
                snapshot, table, RouteTable.Of(snapshot, table, _random, _options.Time)) { Limits = _limits.Apply(snapshot) };
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

        _refused.Log(snapshot.Refused);
        if (_options.EnforcesIntentions && before != snapshot.Intentions.Revision)
        {
            _ = _running.EndDenied();
        }
    }

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

    /// <summary>Cancels a drain: connections are accepted again if the lease is held.</summary>
    public void Undrain()
    {
        lock (_gate)
        {
            _traffic.Draining = false;
            _listeners.Accept(_leased);
        }
    }

    /// <summary>Returns the instances with their live state, for the admin's <c>/endpoints</c>.</summary>
    public IReadOnlyList<EndpointView> Endpoints()
    {
        var table = _traffic.Mesh.Endpoints;
        return
        [
            .. table.Instances.Concat(table.Gateways.Concat(_applications.Applications).SelectMany(set => set.All)).Select(EndpointView.Of),
        ];
    }

    /// <summary>Returns the instances and gateways that are currently ejected.</summary>
    public IReadOnlyList<EndpointView> Ejected()
    {
        var table = _traffic.Mesh.Endpoints;
        return [
            .. table.Instances.Concat(table.Gateways.SelectMany(set => set.All)).Where(state => state.IsEjected).Select(EndpointView.Of)];
    }

    /// <summary>Returns the called applications of this host, each under the name of its listener.</summary>
    public IReadOnlyList<EndpointView> Applications() => [.. _applications.Applications.SelectMany(set => set.All).Select(EndpointView.Of)];

    /// <summary>Returns the limits of the services that this process calls or fronts, with the requests in flight.</summary>
    public IReadOnlyList<LimitView> Limits() => [.. _limits.Current.Services.Select(LimitView.Of)];

    /// <summary>
    /// Returns the route that a request would take now, with the reasons. Sends nothing and does not mark the service as used.
    /// </summary>
    /// <param name="service">Requested service.</param>
    /// <param name="facts">Method and fields of the request.</param>
    /// <param name="pathAndQuery">Path and query of the request.</param>
    public RouteReport Explain(string service, IRequestFacts facts, string pathAndQuery) =>
        RouteTrace.Of(_traffic.Mesh, service, facts, pathAndQuery, _options.Time.GetTimestamp());

    /// <summary>Returns the retry budget of a service and the delay after which its requests are hedged.</summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="policy">Policy of the call.</param>
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

    /// <summary>For tests and benchmarks: the request pipeline without a server in front.</summary>
    internal RequestPipeline Pipeline { get; }

    /// <summary>For tests and benchmarks: the behaviors of the listener kinds.</summary>
    internal ListenerBehaviours Behaviours { get; }

    /// <summary>For tests and benchmarks: the current mesh.</summary>
    internal LiveMesh Mesh => _traffic.Mesh;

    /// <summary>For tests: TLS terms of listeners in place of their kind's own.</summary>
    internal Func<InboundConnection, TlsTerms?>? Terms { get; set; }

    /// <summary>Stops at once and aborts open connections.</summary>
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
