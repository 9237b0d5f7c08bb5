using System.Diagnostics.Metrics;
using System.Globalization;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Attempts;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Faults;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Hedging;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Jwt;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Mirroring;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.RateLimiting;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Stores;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tracing;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy;

/// <summary>Parts of a data plane, built once in the order of their dependencies and disposed of in reverse.</summary>
internal sealed class DataPlaneParts : IAsyncDisposable
{
    private readonly ITimer _ticking;
    private readonly YarpForwarder _forwarder = new();
    private readonly RunningLimit? _measured;
    private readonly KeyStores _keys;
    private readonly AccessLog? _accessLog;
    private volatile ReachRules _reach;

    public DataPlaneParts(DataPlaneOptions options)
    {
        Options = options;
        var time = options.Time;
        var log = options.Logs.CreateLogger("GatewayMesh.Proxy");
        _accessLog = options.AccessLog is { } sink ? new AccessLog(sink, options.Node, rate: options.AccessLogRate, time: time) : null;
        Random = new SplitMix((ulong)options.Seed);
        Tracer = new RequestTracer(Random);
        Prometheus = new PrometheusText(Metrics);
        Traffic = new Traffic(log);
        Rate = new RateMeter(time);

        // Connections in and out
        Loops = new LoopGroup(options.Loops, time, Traffic.Failed, options.Progress);
        Listeners = new LentListeners(options.Limits.MaxConnections, options.Progress, Loops);
        Connections = new OpenConnections(Listeners, time);
        _reach = options.Reach;
        Upstreams = new UpstreamPools(time, options.Certificates, () => _reach);
        Refused = new RefusedAddresses(log, time);

        // Live state that survives snapshots
        Endpoints = new EndpointRegistry(time, (state, cause) => Metrics.CountEjection(state.Key.Service, cause), options.Zone);
        _ticking = time.CreateTimer(_ => Endpoints.Tick(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        Applications = new ToApplication(options.Node, time);
        _measured = options.AdaptiveConcurrency.Enabled
            ? new RunningLimit(new AdaptiveLimit(options.AdaptiveConcurrency, SheddingModel.Default, time, Random), time)
            : null;
        Admission = new GatewayAdmission(options.MaxConcurrentRequests, _measured?.Limit);
        Limits = new LimitRegistry(time, Random, new Refusals(Metrics));
        LimitGauges.Add(Metrics, Limits, _measured?.Limit);
        Stores = new SharedStores(options, log, Metrics);
        var clients = new ClientAddresses(address => Edge!.Trusts(address));
        RateLimits = new RateLimitRegistry(
            new RequestKey(clients, KeyHash.NewSecret()), new BucketRoom(), Stores.RateLimits, time, Metrics);
        Division = new RateDivision(RateLimits, time);
        RateLimitGauges.Add(Metrics, RateLimits);
        Budgets = new RetryBudgets(time);
        _keys = new KeyStores(options.KeyFolder, Stores.Keys, time, Metrics);
        Demand = options.Want is { } want ? new ServiceDemand(want, () => Traffic.Mesh, time) : null;

        Faults = new FaultInjection(Random, time, Metrics) { IsAllowed = options.AllowFaults };

        // The pipeline: authorization, then attempts
        var denials = new Denials(Metrics, log, time);
        Running = new RunningExchanges(Connections, () => Traffic.Mesh.Snapshot.Intentions, denials);
        var identity = options.Identity ?? (options.Certificates is { } certificates
            ? new MutualIdentity(certificates, options.IngressService, options.GatewayService, time)
            : new PlaintextIdentity(options.IngressService));
        var targets = new FailoverTargets(options, Running, Metrics);
        var decider = new RetryDecider(targets, Budgets, time, Random, Metrics);
        var picker = new EndpointPicker(time, Random);
        var mirrors = new Mirrors(options, picker, Upstreams, identity, Demand, Random, Metrics);
        var hops = new HopSelector(options, picker, Upstreams, identity, Random);
        var sender = new AttemptSender(new Http1Forwarder(_forwarder), Refused);
        var retries = new RetryLoop(hops, sender, decider, targets, Latencies, Metrics);
        var paths = new PathSelector(options, hops, sender, retries, decider, new BypassedSidecars(time), Random, Metrics);
        Jwks = new JwksRegistry(Metrics, log, time, () => Random.NextDouble(), () => _reach, options.JwksFolder);
        Tokens = new TokenVerifier(Jwks, time);
        var questions = new MeshQuestions(options, picker, Upstreams, identity, Demand);
        Authorizations = new AuthorizationClient(questions, clients, () => _reach, time);
        Pipeline = new RequestPipeline(
            options,
            Random,
            Budgets,
            identity,
            Demand,
            new JwtStep(Tokens, Metrics, options.EnforcesIntentions),
            new FlagStep(Metrics),
            new ExternalAuthorizationStep(Authorizations, Metrics),
            denials,
            Running,
            _keys,
            Faults,
            mirrors,
            Tracer,
            paths);
        Behaviors = new ListenerBehaviors(options, Admission, Applications);

        // The server in front
        Edge = new EdgeListeners(time, log);
        Edge.Apply(options.IngressListeners, options.TrustedProxies);
        Metrics.AddGauges(
            "gatewaymesh_public_certificate_expiry_seconds",
            "Seconds until a certificate of a public listener expires; negative after expiry.",
            ExpiryOfPublicCertificates);
        var entry = new RequestEntry(
            Pipeline, Behaviors, new RequestTelemetry(Metrics, _accessLog), Tracer, Traffic, time, options.Progress);
        Server = new MeshServer(options, entry, Listeners, Connections, Edge, Traffic, Admission, Metrics, Random);
    }

    public DataPlaneOptions Options { get; }

    public MeshMetrics Metrics { get; } = new();

    public PrometheusText Prometheus { get; }

    public RequestTracer Tracer { get; }

    public SplitMix Random { get; }

    public Traffic Traffic { get; }

    public RateMeter Rate { get; }

    public LoopGroup Loops { get; }

    public LentListeners Listeners { get; }

    public OpenConnections Connections { get; }

    public UpstreamPools Upstreams { get; }

    public RefusedAddresses Refused { get; }

    public EndpointRegistry Endpoints { get; }

    public ToApplication Applications { get; }

    public GatewayAdmission Admission { get; }

    public LimitRegistry Limits { get; }

    public RateLimitRegistry RateLimits { get; }

    public SharedStores Stores { get; }

    public RateDivision Division { get; }

    public RetryBudgets Budgets { get; }

    public JwksRegistry Jwks { get; }

    public TokenVerifier Tokens { get; }

    public AuthorizationClient Authorizations { get; }

    public LatencyWindows Latencies { get; } = new();

    public ServiceDemand? Demand { get; }

    public FaultInjection Faults { get; }

    public RunningExchanges Running { get; }

    public RequestPipeline Pipeline { get; }

    public ListenerBehaviors Behaviors { get; }

    public EdgeListeners Edge { get; }

    public MeshServer Server { get; }

    /// <summary>Applies new rules for addresses from the registry; existing connections stay open.</summary>
    public void Restrict(ReachRules reach) => _reach = reach;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ticking.DisposeAsync().ConfigureAwait(false);
        Server.Dispose();
        Listeners.Dispose();
        await Loops.DisposeAsync().ConfigureAwait(false);
        Edge.Dispose();
        Upstreams.Dispose();
        _forwarder.Dispose();
        Limits.Dispose();
        Tokens.Dispose();
        Authorizations.Dispose();
        Jwks.Dispose();
        _measured?.Dispose();
        await _keys.DisposeAsync().ConfigureAwait(false);
        await Stores.DisposeAsync().ConfigureAwait(false);
        Prometheus.Dispose();
        _accessLog?.Dispose();
        Tracer.Dispose();
        Metrics.Dispose();
    }

    private IEnumerable<Measurement<double>> ExpiryOfPublicCertificates()
    {
        var now = Options.Time.GetUtcNow();
        return Edge.Certificates.Select(certificate => new Measurement<double>(
            Math.Floor((certificate.NotAfter - now).TotalSeconds),
            new KeyValuePair<string, object?>("port", certificate.Port.ToString(CultureInfo.InvariantCulture)),
            new KeyValuePair<string, object?>("name", certificate.Names.FirstOrDefault() ?? "")));
    }
}
