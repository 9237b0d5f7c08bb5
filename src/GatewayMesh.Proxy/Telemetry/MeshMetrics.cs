using System.Diagnostics.Metrics;
using GatewayMesh.Proxy.FeatureFlags;
using GatewayMesh.Proxy.Hedging;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.LoadBalancing.Outliers;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>
/// Metrics of the mesh, on a meter named <c>GatewayMesh.Proxy</c>. Counts are kept in cells of our own and observed on collection: on the
/// request path a count is a lookup and an interlocked addition, regardless of listeners.
/// </summary>
public sealed class MeshMetrics : IDisposable
{
    /// <summary>Maximum number of series of <c>gatewaymesh_requests_total</c> before new ones are folded into <c>other</c>.</summary>
    public const int MaxRequestSeries = 2000;

    private static readonly double[] DurationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly Meter _meter;
    private readonly RequestSeriesTable _requests = new(MaxRequestSeries);
    private readonly Histogram<double> _duration;
    private readonly LabelledCounter _failovers;
    private readonly LabelledCounter _targetFailovers;
    private readonly LabelledCounter _calls;
    private readonly LabelledCounter _retries;
    private readonly LabelledCounter _hedges;
    private readonly LabelledCounter _ejections;
    private readonly LabelledCounter _handshakes;
    private readonly LabelledCounter _denied;
    private readonly LabelledCounter _endedByIntention;
    private readonly LabelledCounter _refusedConnections;
    private readonly LabelledCounter _limitRefusals;
    private readonly LabelledCounter _faults;
    private readonly LabelledCounter _flags;
    private readonly LabelledCounter _idempotency;
    private readonly LabelledCounter _rateLimited;
    private readonly LabelledCounter _tokens;
    private readonly LabelledCounter _jwksReads;
    private readonly LabelledCounter _authorizations;
    private readonly LabelledCounter _mirrored;
    private readonly LabelledCounter _storeFallbacks;
    private volatile MeshTierBox _tier = new(MeshTier.None);
    private volatile string _revision = "none";
    private volatile string _entries = "none";
    private volatile int _configErrors;
    private long _requestCount;

    /// <summary>Creates the metrics, all at zero.</summary>
    public MeshMetrics()
    {
        _meter = new Meter(new MeterOptions("GatewayMesh.Proxy") { Scope = this });
        _meter.CreateObservableCounter("gatewaymesh_requests_total", () => _requests.Measurements, description: "Completed requests.");
        _duration = _meter.CreateHistogram(
            "gatewaymesh_request_duration_seconds",
            "s",
            "Time from a request's arrival to the end of its response, in seconds.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds });
        _failovers = new LabelledCounter(
            _meter, "gatewaymesh_failovers_total", "Requests that moved to another tier.", "from", "to", "reason");
        _targetFailovers = new LabelledCounter(
            _meter,
            "gatewaymesh_target_failovers_total",
            "Requests that moved to a failover target of their resolver after a failed attempt.",
            "from",
            "to",
            "reason");
        _calls = new LabelledCounter(
            _meter,
            "gatewaymesh_grpc_calls_total",
            "gRPC calls that ended with a status, from the application or the mesh.",
            "direction",
            "destination",
            "code");
        _retries = new LabelledCounter(
            _meter, "gatewaymesh_retries_total", "Failed attempts, by the decision about another attempt.", "outcome");
        _hedges = new LabelledCounter(
            _meter, "gatewaymesh_hedges_total", "Hedges of slow requests, and hedges that were refused.", "outcome");
        _ejections = new LabelledCounter(_meter, "gatewaymesh_endpoint_ejections_total", "Ejections of instances.", "service", "cause");
        _handshakes = new LabelledCounter(
            _meter, "gatewaymesh_tls_handshake_failures_total", "Failed TLS handshakes on listeners.", "listener", "reason");
        _denied = new LabelledCounter(
            _meter, "gatewaymesh_intentions_denied_total", "Requests denied by intentions.", "source", "destination");
        _endedByIntention = new LabelledCounter(
            _meter,
            "gatewaymesh_intentions_ended_total",
            "Running requests that were ended because intentions no longer allowed them.",
            "source",
            "destination");
        _refusedConnections = new LabelledCounter(
            _meter,
            "gatewaymesh_connections_refused_total",
            "Connections of public listeners that were refused, and connections of any listener that were ended because of a flood.",
            "reason");
        _limitRefusals = new LabelledCounter(
            _meter, "gatewaymesh_limit_refusals_total", "Requests refused by a limit of their service.", "service", "limit", "criticality");
        _faults = new LabelledCounter(
            _meter, "gatewaymesh_faults_injected_total", "Faults of policies that were injected into requests.", "service", "kind");
        _flags = new LabelledCounter(
            _meter, "gatewaymesh_flag_decisions_total", "Decisions about feature flags.", "flag", "decision", "reason");
        _idempotency = new LabelledCounter(
            _meter, "gatewaymesh_idempotency_total", "Requests with an idempotency key, by their outcome.", "service", "outcome");
        _storeFallbacks = new LabelledCounter(
            _meter, "gatewaymesh_store_fallbacks_total", "Requests that a shared store did not answer in time.", "store");
        _rateLimited = new LabelledCounter(
            _meter, "gatewaymesh_rate_limited_total", "Requests beyond a rate limit of their service.", "service", "limit", "mode");
        _tokens = new LabelledCounter(
            _meter, "gatewaymesh_jwt_verifications_total", "Verified tokens, by outcome.", "service", "outcome");
        _jwksReads = new LabelledCounter(_meter, "gatewaymesh_jwks_reads_total", "Readings of key sets, by outcome.", "outcome");
        _authorizations = new LabelledCounter(
            _meter,
            "gatewaymesh_external_authorizations_total",
            "Requests that an authorization service decided about, by outcome.",
            "service",
            "outcome");
        _mirrored = new LabelledCounter(
            _meter, "gatewaymesh_mirrored_total", "Copies of requests, and requests without one, by outcome.", "service", "outcome");
        _meter.CreateObservableGauge("gatewaymesh_tier", ObserveTier, description: "1 for the tier that carries traffic.");
        _meter.CreateObservableGauge(
            "gatewaymesh_config_revision",
            () => new Measurement<int>(1, new("revision", _revision), new("entries", _entries)),
            description: "1 for the configuration in use.");
        _meter.CreateObservableGauge(
            "gatewaymesh_config_errors", () => _configErrors, description: "Errors in the last configuration, if it was rejected.");
    }

    /// <summary>Requests recorded since the start.</summary>
    public long RequestCount => Interlocked.Read(ref _requestCount);

    /// <summary>Counts and measures a completed request.</summary>
    public void CountRequest(in RequestSummary request)
    {
        Interlocked.Increment(ref _requestCount);
        var series = _requests.Of(RequestLabels.Of(request));
        series.Count();
        if (request.GrpcStatus is { } code)
        {
            _calls.Count(request.Direction.Word(), Labels.Service(request.Destination), Labels.GrpcStatus(code));
        }

        _duration.Record(request.Duration.TotalSeconds, series.DurationTags);
    }

    /// <summary>Counts a retry decision in <c>gatewaymesh_retries_total{outcome}</c>.</summary>
    public void CountRetry(RetryVerdict verdict) => _retries.Count(WordOf(verdict));

    /// <summary>Counts a hedge in <c>gatewaymesh_hedges_total{outcome}</c>.</summary>
    internal void CountHedge(HedgeOutcome outcome) =>
        _hedges.Count(outcome switch { HedgeOutcome.Won => "won", HedgeOutcome.Lost => "lost", _ => "refused" });

    /// <summary>Counts a token in <c>gatewaymesh_jwt_verifications_total{service,outcome}</c>.</summary>
    internal void CountToken(string service, string outcome) => _tokens.Count(service, outcome);

    /// <summary>Counts a reading of a key set in <c>gatewaymesh_jwks_reads_total{outcome}</c>.</summary>
    internal void CountJwksRead(string outcome) => _jwksReads.Count(outcome);

    /// <summary>Counts a decision in <c>gatewaymesh_external_authorizations_total{service,outcome}</c>.</summary>
    internal void CountAuthorization(string service, string outcome) => _authorizations.Count(service, outcome);

    /// <summary>Counts a change of tier in <c>gatewaymesh_failovers_total{from,to,reason}</c>.</summary>
    public void CountFailover(MeshTier from, MeshTier to, string reason) => _failovers.Count(from.Word(), to.Word(), reason);

    /// <summary>Counts a move in <c>gatewaymesh_target_failovers_total{from,to,reason}</c>.</summary>
    /// <param name="from">ID of the target whose instances were tried.</param>
    /// <param name="to">ID of the failover target.</param>
    /// <param name="reason">Reason of the last failure; <c>response</c> for a response that the policy retries.</param>
    internal void CountTargetFailover(string from, string to, string reason) => _targetFailovers.Count(from, to, reason);

    /// <summary>Counts an ejection in <c>gatewaymesh_endpoint_ejections_total{service,cause}</c>.</summary>
    public void CountEjection(string service, EjectionCause cause) => _ejections.Count(service, cause.Word());

    /// <summary>Counts a handshake in <c>gatewaymesh_tls_handshake_failures_total{listener,reason}</c>.</summary>
    /// <param name="listener">Kind of the listener.</param>
    /// <param name="reason">Reason as one word.</param>
    public void CountHandshakeFailure(string listener, string reason) => _handshakes.Count(listener, reason);

    /// <summary>Counts a denied request in <c>gatewaymesh_intentions_denied_total{source,destination}</c>.</summary>
    public void CountDenied(string source, string destination) => _denied.Count(source, destination);

    /// <summary>Counts a running request that was ended in <c>gatewaymesh_intentions_ended_total{source,destination}</c>.</summary>
    public void CountEndedByIntention(string source, string destination) => _endedByIntention.Count(source, destination);

    /// <summary>Counts a refusal in <c>gatewaymesh_limit_refusals_total{service,limit,criticality}</c>.</summary>
    public void CountLimitRefusal(string service, string limit, string criticality) => _limitRefusals.Count(service, limit, criticality);

    /// <summary>Counts a fault in <c>gatewaymesh_faults_injected_total{service,kind}</c>.</summary>
    public void CountFault(string service, string kind) => _faults.Count(service, kind);

    /// <summary>Counts a decision in <c>gatewaymesh_flag_decisions_total{flag,decision,reason}</c>.</summary>
    internal void CountFlag(string flag, FlagDecision decision) =>
        _flags.Count(flag, FlagWords.Word(decision.IsOn), decision.Reason.Word());

    /// <summary>Counts requests in <c>gatewaymesh_idempotency_total{service,outcome}</c>.</summary>
    internal void CountIdempotency(string service, IdempotencyOutcome outcome, int count) =>
        _idempotency.Add(count, service, WordOf(outcome));

    /// <summary>Counts a request beyond a rate limit in <c>gatewaymesh_rate_limited_total{service,limit,mode}</c>.</summary>
    public void CountRateLimited(string service, string limit, string mode) => _rateLimited.Count(service, limit, mode);

    /// <summary>Counts a copy of a request in <c>gatewaymesh_mirrored_total{service,outcome}</c>.</summary>
    public void CountMirror(string service, string outcome) => _mirrored.Count(service, outcome);

    /// <summary>Counts a request in <c>gatewaymesh_store_fallbacks_total{store}</c>.</summary>
    public void CountStoreFallback(string store) => _storeFallbacks.Count(store);

    /// <summary>Counts a connection in <c>gatewaymesh_connections_refused_total{reason}</c>.</summary>
    public void CountRefusedConnection(string reason) => _refusedConnections.Count(reason);

    /// <summary>Sets <c>gatewaymesh_tier{tier}</c>: 1 for the tier in use.</summary>
    public void SetTier(MeshTier tier) => _tier = new MeshTierBox(tier);

    /// <summary>Sets <c>gatewaymesh_config_revision{revision,entries}</c>.</summary>
    public void SetRevision(string revision, string entries) => (_revision, _entries) = (revision, entries);

    /// <summary>Sets <c>gatewaymesh_config_errors</c>: the errors of the last rejected configuration, 0 after an accepted one.</summary>
    public void SetConfigErrors(int errors) => _configErrors = errors;

    /// <summary>Adds a gauge that is read on collection.</summary>
    public void AddGauge(string name, string help, Func<double> read) => _meter.CreateObservableGauge(name, read, description: help);

    /// <summary>Adds a counter that is read on collection.</summary>
    public void AddCounter(string name, string help, Func<long> read) => _meter.CreateObservableCounter(name, read, description: help);

    /// <summary>Adds a gauge with several series that is read on collection.</summary>
    public void AddGauges(string name, string help, Func<IEnumerable<Measurement<double>>> read) =>
        _meter.CreateObservableGauge(name, read, description: help);

    /// <summary>Adds a counter with several series that is read on collection.</summary>
    public void AddCounters(string name, string help, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableCounter(name, read, description: help);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>Returns the word of a decision for metrics and the log.</summary>
    internal static string WordOf(RetryVerdict verdict) => verdict switch
    {
        RetryVerdict.Allowed => "allowed",
        RetryVerdict.Pointless => "pointless",
        RetryVerdict.AttemptsUsedUp => "attempts_used_up",
        RetryVerdict.ResponseStarted => "response_started",
        RetryVerdict.BodyGone => "body_gone",
        RetryVerdict.NotIdempotent => "not_idempotent",
        RetryVerdict.LayerAboveRetries => "layer_above_retries",
        RetryVerdict.DeadlineExceeded => "deadline_exceeded",
        RetryVerdict.LimitReached => "limit_reached",
        RetryVerdict.NotNamed => "not_named",
        RetryVerdict.NoOtherInstance => "no_other_instance",
        RetryVerdict.WaitTooLong => "wait_too_long",
        _ => "budget_spent",
    };

    private static string WordOf(IdempotencyOutcome outcome) => outcome switch
    {
        IdempotencyOutcome.Executed => "executed",
        IdempotencyOutcome.TooLarge => "too_large",
        IdempotencyOutcome.Unknown => "unknown",
        IdempotencyOutcome.Freed => "freed",
        IdempotencyOutcome.Replayed => "replayed",
        IdempotencyOutcome.Conflict => "conflict",
        IdempotencyOutcome.Mismatch => "mismatch",
        IdempotencyOutcome.Evicted => "evicted",
        _ => "unavailable",
    };

    private IEnumerable<Measurement<int>> ObserveTier()
    {
        foreach (var tier in (MeshTier[])[MeshTier.None, MeshTier.Sidecar, MeshTier.Gateway])
        {
            yield return new Measurement<int>(_tier.Tier == tier ? 1 : 0, new KeyValuePair<string, object?>("tier", tier.Word()));
        }
    }

    private sealed record MeshTierBox(MeshTier Tier);
}
