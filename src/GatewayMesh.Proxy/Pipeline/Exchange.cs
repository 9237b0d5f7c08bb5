using System.Diagnostics.CodeAnalysis;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Routing.Tree;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// One request from arrival to response: the facts that the steps find, each written once by the step that finds it. Reused by the next
/// request of the connection.
/// </summary>
[
    SuppressMessage(
        "Design", "CA1001", Justification = "Reused for the life of the connection; an idle source without a timer holds no resources.")]
internal sealed partial class Exchange : IBodyObserver
{
    private readonly TimeProvider _time;
    private CancellationTokenSource _cutOff;
    private ExchangeGuard _guard;
    private InboundConnection? _listedAt;
    private volatile bool _answering;
    private volatile bool _isRevoked;
    private bool _hasEnded;
    private long _workSince; // when the application had the whole request; 0 while a body is being sent
    private long _answeredAt;
    private bool _isUploaded;
    private bool _attemptRules;

    public Exchange(TimeProvider time, DefaultHttpContext http)
    {
        _time = time;
        _cutOff = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        Http = http;
        Transformer = new MeshTransformer(this);
        Facts = new ExchangeFacts(this);
    }

    /// <summary>Context of the request and its response.</summary>
    public DefaultHttpContext Http { get; }

    /// <summary>Transformer of this exchange's heads.</summary>
    public MeshTransformer Transformer { get; }

    /// <summary>The request as seen by permissions.</summary>
    public ExchangeFacts Facts { get; }

    /// <summary>Connection of the request.</summary>
    public InboundConnection InboundConnection { get; private set; } = null!;

    /// <summary>Behavior of the listener's kind.</summary>
    public ListenerBehaviour Behaviour { get; private set; } = null!;

    /// <summary>The mesh as of the request's arrival.</summary>
    public LiveMesh Mesh { get; private set; } = LiveMesh.Empty;

    /// <summary>True if the request has waited for the registry and uses a newer mesh; it waits at most once.</summary>
    public bool HasWaited { get; set; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => _time;

    /// <summary>Arrival time (timestamp).</summary>
    public long StartedAt { get; private set; }

    /// <summary>Arrival time (wall clock).</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>ID in logs and error responses.</summary>
    public string RequestId { get; set; } = "";

    /// <summary>Path and query byte for byte, and the authority of an absolute-form target.</summary>
    public RequestTarget Target { get; set; }

    /// <summary>Host of the request: from an absolute-form target, otherwise from the field.</summary>
    public string Host => Target.Authority ?? Http.Request.Headers.Host.ToString();

    /// <summary>Values of a mesh peer's mesh headers; the defaults for other clients.</summary>
    public MeshHeaderValues PeerHeaders { get; set; } = MeshHeaderValues.None;

    /// <summary>Caller of the request.</summary>
    public Caller Caller { get; set; }

    /// <summary>Intentions that allowed the request; null if none were evaluated.</summary>
    public IntentionTable? AllowedBy { get; set; }

    /// <summary>True if the request was ended because intentions no longer allow it.</summary>
    public bool IsRevoked => _isRevoked;

    /// <summary>Route of the request.</summary>
    public Route Route { get; set; }

    /// <summary>Service of the route's target, if known; may differ from the requested service.</summary>
    public string? Destination { get; set; }

    /// <summary>Requested service, by host, listener, or a peer's header; also the name that a gateway is given.</summary>
    public string Asked { get; set; } = "";

    /// <summary>Splitter sample, once a splitter was passed: the same for each attempt and at a gateway that carries the request.</summary>
    public SplitSample? Draw { get; set; }

    /// <summary>Path and query as rewritten by a router's rule; null if unchanged.</summary>
    public string? Rewritten { get; set; }

    /// <summary>Path and query sent to instances. A gateway gets the original ones because it evaluates the same rules.</summary>
    public string Forwarded => Rewritten ?? Target.PathAndQuery;

    /// <summary>Admission permit of the request.</summary>
    public AdmissionLease Admission { get; set; }

    /// <summary>Limit permits of the request.</summary>
    public LimitLease Limit;

    /// <summary>Criticality from the caller, otherwise from the policy of the service.</summary>
    public Criticality Criticality => PeerHeaders.Criticality ?? Route.Policy.Shedding.Criticality;

    /// <summary>Deadline of the response head: the earliest of policy, peer, and <see cref="CallDeadline"/>.</summary>
    public Deadline Deadline { get; set; }

    /// <summary>True for a gRPC call.</summary>
    public bool IsGrpc { get; set; }

    /// <summary>Deadline of a gRPC call, set by its caller (<c>grpc-timeout</c>).</summary>
    public Deadline CallDeadline { get; set; }

    /// <summary>Final status of a gRPC call from its trailers; <see cref="GrpcStatus.None"/> before that.</summary>
    public int CallStatus { get; set; } = GrpcStatus.None;

    /// <summary>
    /// True if the request asks for another protocol on its connection (WebSocket), including by extended CONNECT on HTTP/2 (RFC 8441).
    /// </summary>
    public bool IsUpgrade { get; set; }

    /// <summary>Attempts over all layers.</summary>
    public Attempts Attempts;

    /// <summary>Instances already tried.</summary>
    public TriedEndpoints Tried;

    /// <summary>Tier that currently carries the request.</summary>
    public MeshTier Tier { get; set; }

    /// <summary>
    /// Sender of the current attempt, if it may send more than one request; null uses the connections of <see cref="Hop"/>.
    /// </summary>
    public HttpMessageInvoker? Sender { get; set; }

    /// <summary>Current hop; of several at a time, the winner.</summary>
    public Hop Hop { get; set; }

    /// <summary>Retry budget of the service; null if there is none.</summary>
    public RetryBudget? Budget { get; set; }

    /// <summary>Number of instances not yet tried, after the current attempt's selection.</summary>
    public int Untried { get; set; }

    /// <summary>Decision about a further attempt after the latest failure; null before any failure.</summary>
    public RetryVerdict? LastVerdict { get; set; }

    /// <summary>True if another attempt follows the current one; it is already counted and paid for.</summary>
    public bool IsNextGranted { get; set; }

    /// <summary>Wait before that attempt.</summary>
    public TimeSpan Wait { get; set; }

    /// <summary>Measures the fields of the request.</summary>
    public FieldMeasure Fields { get; } = new();

    /// <summary>Buffered body of the request, for further attempts.</summary>
    public ReplayBody Replay { get; } = new();

    /// <summary>
    /// Set while a response may be dropped in favor of another attempt. Called when the response head has arrived, with the error reported
    /// by a mesh peer, or none. True means that the other attempt has been decided on.
    /// </summary>
    public Func<Exchange, MeshError, HttpResponseMessage, bool>? MayDrop { get; set; }

    /// <summary>
    /// Error within the mesh found in the response head: from the peer's <c>Proxy-Status</c>, or because the head is not acceptable.
    /// </summary>
    public MeshError Answered { get; set; }

    /// <summary>True if the response was dropped and no part of it reached the client.</summary>
    public bool Dropped { get; set; }

    /// <summary>
    /// True if the whole response including trailers was passed on, so that later events on the request body do not matter.
    /// </summary>
    public bool IsAnswerWhole { get; set; }

    /// <summary>Remaining <c>Max-Forwards</c> for the next hop; null if not applicable.</summary>
    public int? ForwardsLeft { get; set; }

    /// <summary>Called when a response head has arrived.</summary>
    public Action? OnAnswerHead { get; set; }

    /// <summary>Status of the application's response in this attempt; 0 while there is none.</summary>
    public int AnswerStatus { get; set; }

    /// <summary>True to end the connection with this response.</summary>
    public bool Close { get; set; }

    /// <summary>True if more than a head is sent: a body, or an upgraded stream.</summary>
    public bool SendsAStream => IsUpgrade || Http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    /// <summary>True once the body is being read.</summary>
    public bool IsBodyBegun { get; private set; }

    /// <inheritdoc/>
    public bool IsAnswered => _answering;

    /// <summary>True if no part of the body is lost, so that the request can be sent elsewhere.</summary>
    public bool CanGoElsewhere => !IsBodyBegun || Replay.CanRewind;

    /// <summary>True if the time of <see cref="Deadline"/> or of the attempt has passed.</summary>
    public bool IsOutOfTime => _cutOff.IsCancellationRequested;

    /// <summary>True if only the time of the attempt has passed.</summary>
    public bool IsAttemptOutOfTime => _attemptRules && IsOutOfTime;

    /// <summary>Fires when the deadline or the attempt timeout passes before the response head has arrived.</summary>
    public CancellationToken CutOff => _cutOff.Token;

    /// <summary>Starts a new request.</summary>
    public void Begin(InboundConnection inbound, ListenerBehaviour behaviour, LiveMesh mesh)
    {
        InboundConnection = inbound;
        Behaviour = behaviour;
        Mesh = mesh;
        Method = Http.Request.Method;
        StartedAt = _workSince = _time.GetTimestamp();
        At = _time.GetUtcNow();
    }

    /// <summary>Switches to a newer mesh, before any part of the old one was used.</summary>
    public void SwitchTo(LiveMesh mesh) => Mesh = mesh;

    /// <summary>Starts an attempt: its timer runs, and the body is read from its first byte.</summary>
    public void StartAttempt()
    {
        if (!_cutOff.TryReset())
        {
            _cutOff.Dispose();
            _cutOff = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        }

        _answering = false;
        _isRefused = false;
        AnswerStatus = 0;
        IsNextGranted = false;
        Withheld = false;
        SetClock(Deadline.Remaining);
        if (Replay.IsActive)
        {
            Http.Request.Body = Replay.Read();
        }
    }

    /// <summary>Stops the deadline when the response head has arrived; from here on the stream's idle timeout applies.</summary>
    public void StopClock() => _cutOff.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Records the arrival of a response head: the instance is alive.</summary>
    public void AnswerHeadArrived()
    {
        _answering = true;
        _answeredAt = _time.GetTimestamp();
        StopClock();
        OnAnswerHead?.Invoke();
    }

    /// <summary>
    /// Ends the connection with this response: <c>Connection: close</c>, or GOAWAY, after which HTTP/2 finishes running requests.
    /// </summary>
    public void EndConnection()
    {
        if (InboundConnection.IsHttp2)
        {
            InboundConnection.EndBusyHttp2(_time);
        }
        else
        {
            Http.Response.Headers.Connection = "close";
        }
    }

    /// <summary>
    /// Records that the response is about to end; completes when it may end (<see cref="InboundConnection.RequestEndsAsync"/>). The
    /// forwarder ends gRPC responses itself, before the request is over, so this method is called after the trailers as well as at the end.
    /// </summary>
    public ValueTask AnswerEndsAsync()
    {
        if (_hasEnded)
        {
            return ValueTask.CompletedTask;
        }

        _hasEnded = true;
        return InboundConnection.RequestEndsAsync(_time);
    }

    /// <summary>
    /// Returns the permits of admission and limits, with the application's latency from the whole request to the response head.
    /// </summary>
    public void LeaveLimits(in MeshError error)
    {
        var isMeasured = _answeredAt != 0 && _workSince != 0 && _answeredAt >= _workSince && !error.IsError && !Answered.IsError;
        TimeSpan? took = isMeasured ? _time.GetElapsedTime(_workSince, _answeredAt) : null;
        Admission.End(StartedAt, took);
        Limit.End(StartedAt, took);
        (Admission, Limit) = (default, default);
        _answeredAt = 0;
    }

    /// <summary>Ends the request and clears all state before the next.</summary>
    public void End()
    {
        StopClock();
        if (AllowedBy is not null)
        {
            _guard.Leave();
            AllowedBy = null;
        }

        _isRevoked = false;
        RequestId = "";
        Target = default;
        Method = "";
        Unsendable = default;
        PeerHeaders = MeshHeaderValues.None;
        Caller = default;
        Route = default;
        Destination = null;
        Asked = "";
        Draw = null;
        Rewritten = null;
        HasWaited = false;
        Deadline = default;
        IsGrpc = false;
        CallDeadline = default;
        CallStatus = GrpcStatus.None;
        AnswerStatus = 0;
        IsUpgrade = false;
        Attempts = default;
        Tried = default;
        Tier = MeshTier.None;
        Hop = default;
        Sender = null;
        MayDrop = null;
        Budget = null;
        Untried = 0;
        LastVerdict = null;
        IsNextGranted = false;
        Wait = default;
        Answered = default;
        Dropped = false;
        EndAtTheEdge();
        IsAnswerWhole = false;
        ForwardsLeft = null;
        Close = false;
        IsBodyBegun = false;
        _answering = false;
        _hasEnded = false;
        _isUploaded = false;
        _isRefused = false;
        _attemptRules = false;
        Mesh = LiveMesh.Empty;
        Transformer.Reset();
    }

    // The shorter of the policy's attempt timeout and the remaining total time.
    private void SetClock(TimeSpan left)
    {
        var attempt = Route.Policy.Timeouts.Attempt;
        _attemptRules = attempt > TimeSpan.Zero && (left == Timeout.InfiniteTimeSpan || attempt < left);
        _cutOff.CancelAfter(_attemptRules ? attempt : left);
    }
}
