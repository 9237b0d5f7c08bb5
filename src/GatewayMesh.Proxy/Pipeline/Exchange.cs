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

/// <summary>One request from door to door: what the steps find out, each written once by the step that finds it. Reused by the next request of the connection.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Reused by the connection, which has no end for it; an idle source without timer holds nothing.")]
internal sealed partial class Exchange : IBodyObserver
{
    private readonly TimeProvider _time;
    private CancellationTokenSource _cutOff;
    private ExchangeGuard _guard;
    private InboundConnection? _listedAt;
    private volatile bool _answering;
    private volatile bool _isRevoked;
    private bool _hasEnded;
    private long _workSince; // when the application had all that it needs to answer; 0 while a body is under way
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

    /// <summary>The request and its response.</summary>
    public DefaultHttpContext Http { get; }

    /// <summary>Copies the heads of this exchange.</summary>
    public MeshTransformer Transformer { get; }

    /// <summary>What permissions see of it.</summary>
    public ExchangeFacts Facts { get; }

    /// <summary>The connection it came on.</summary>
    public InboundConnection InboundConnection { get; private set; } = null!;

    /// <summary>What the kind of its listener asks for.</summary>
    public ListenerBehaviour Behaviour { get; private set; } = null!;

    /// <summary>The mesh as it was when the request came.</summary>
    public LiveMesh Mesh { get; private set; } = LiveMesh.Empty;

    /// <summary>It has waited for the registry to answer, and so meets a newer mesh; it does so once.</summary>
    public bool HasWaited { get; set; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => _time;

    /// <summary>When it came (timestamp).</summary>
    public long StartedAt { get; private set; }

    /// <summary>The same as wall clock.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>Id in logs and error answers.</summary>
    public string RequestId { get; set; } = "";

    /// <summary>Path and query byte for byte, and the authority of an absolute-form target.</summary>
    public RequestTarget Target { get; set; }

    /// <summary>Host of the request: that of an absolute-form target, else the field.</summary>
    public string Host => Target.Authority ?? Http.Request.Headers.Host.ToString();

    /// <summary>What a mesh peer says in its mesh headers; the defaults for everybody else.</summary>
    public MeshHeaderValues PeerHeaders { get; set; } = MeshHeaderValues.None;

    /// <summary>In whose name it is made.</summary>
    public Caller Caller { get; set; }

    /// <summary>The intentions that allowed it; null where none are asked.</summary>
    public IntentionTable? AllowedBy { get; set; }

    /// <summary>It was ended because intentions no longer allow it.</summary>
    public bool IsRevoked => _isRevoked;

    /// <summary>Where it goes.</summary>
    public Route Route { get; set; }

    /// <summary>The service that it goes to, when the mesh knows it: that of its target, which need not be the one that was asked for.</summary>
    public string? Destination { get; set; }

    /// <summary>The service that was asked for, by host, listener or a peer's word; the name under which a gateway is handed the request.</summary>
    public string Asked { get; set; } = "";

    /// <summary>Its lot at splitters, once there was one: the same at each attempt and at a gateway that carries it.</summary>
    public SplitSample? Draw { get; set; }

    /// <summary>Path and query as the rule of a router has rewritten them; null where they go on as they came.</summary>
    public string? Rewritten { get; set; }

    /// <summary>Path and query as instances get them. A gateway that shall carry the request gets those that came, since it asks the same rules.</summary>
    public string Forwarded => Rewritten ?? Target.PathAndQuery;

    /// <summary>The place that admission gave it.</summary>
    public AdmissionLease Admission { get; set; }

    /// <summary>The place that the limits of its service gave it.</summary>
    public LimitLease Limit;

    /// <summary>How much it matters: what its caller says, else what the policy of its service says.</summary>
    public Criticality Criticality => PeerHeaders.Criticality ?? Route.Policy.Shedding.Criticality;

    /// <summary>By when the head of its answer must be there: the least of policy, peer and <see cref="CallDeadline"/>.</summary>
    public Deadline Deadline { get; set; }

    /// <summary>It is a gRPC call.</summary>
    public bool IsGrpc { get; set; }

    /// <summary>When a gRPC call must be over, as its caller said (<c>grpc-timeout</c>).</summary>
    public Deadline CallDeadline { get; set; }

    /// <summary>The status with which a gRPC call ended, by its trailers; <see cref="GrpcStatus.None"/> before.</summary>
    public int CallStatus { get; set; } = GrpcStatus.None;

    /// <summary>It asks for another protocol on its connection (WebSocket), also by extended CONNECT of HTTP/2 (RFC 8441).</summary>
    public bool IsUpgrade { get; set; }

    /// <summary>How often it was tried, over all layers.</summary>
    public Attempts Attempts;

    /// <summary>Instances that were tried.</summary>
    public TriedEndpoints Tried;

    /// <summary>What carries it on now.</summary>
    public MeshTier Tier { get; set; }

    /// <summary>Sends the attempt under way, where that is more than one request; null: the connections of <see cref="Hop"/>.</summary>
    public HttpMessageInvoker? Sender { get; set; }

    /// <summary>The hop under way; of several at a time the one whose answer was taken.</summary>
    public Hop Hop { get; set; }

    /// <summary>What may be spent on further attempts at the service; null where nothing is.</summary>
    public RetryBudget? Budget { get; set; }

    /// <summary>Instances that this request has not tried yet, after the pick of the attempt under way.</summary>
    public int Untried { get; set; }

    /// <summary>What was decided about a further attempt when the last one failed; null before.</summary>
    public RetryVerdict? LastVerdict { get; set; }

    /// <summary>Another attempt follows the one under way: it is counted and paid for.</summary>
    public bool IsNextGranted { get; set; }

    /// <summary>How long that attempt waits first.</summary>
    public TimeSpan Wait { get; set; }

    /// <summary>Measures the request's fields.</summary>
    public FieldMeasure Fields { get; } = new();

    /// <summary>The request's body, kept for further attempts.</summary>
    public ReplayBody Replay { get; } = new();

    /// <summary>
    /// Set while an answer may be dropped in favour of another attempt: asked when its head is there, with the error that a mesh peer says, or none. What says true
    /// has decided on that attempt.
    /// </summary>
    public Func<Exchange, MeshError, HttpResponseMessage, bool>? MayDrop { get; set; }

    /// <summary>What the answer's head said of an error within the mesh: by the peer's <c>Proxy-Status</c>, or because it is not acceptable.</summary>
    public MeshError Answered { get; set; }

    /// <summary>The answer was dropped; nothing of it reached the client.</summary>
    public bool Dropped { get; set; }

    /// <summary>The whole answer, trailers included, was passed on: what still happens to the request's body changes nothing.</summary>
    public bool IsAnswerWhole { get; set; }

    /// <summary>What is left of <c>Max-Forwards</c> for the next hop; null where it does not apply.</summary>
    public int? ForwardsLeft { get; set; }

    /// <summary>Is told when the head of an answer is there.</summary>
    public Action? OnAnswerHead { get; set; }

    /// <summary>Status of the application's answer in this attempt; 0 while there is none.</summary>
    public int AnswerStatus { get; set; }

    /// <summary>Ends the connection with this response.</summary>
    public bool Close { get; set; }

    /// <summary>More than a head is sent: a body, or an upgraded stream.</summary>
    public bool SendsAStream => IsUpgrade || Http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    /// <summary>The body is being read.</summary>
    public bool IsBodyBegun { get; private set; }

    /// <inheritdoc/>
    public bool IsAnswered => _answering;

    /// <summary>Nothing of the body is lost: the request can go elsewhere.</summary>
    public bool CanGoElsewhere => !IsBodyBegun || Replay.CanRewind;

    /// <summary>The time of <see cref="Deadline"/>, or of the attempt, was up.</summary>
    public bool IsOutOfTime => _cutOff.IsCancellationRequested;

    /// <summary>It was the time of the attempt alone.</summary>
    public bool IsAttemptOutOfTime => _attemptRules && IsOutOfTime;

    /// <summary>Fires when the deadline, or the time of the attempt, passes before the answer's head is there.</summary>
    public CancellationToken CutOff => _cutOff.Token;

    /// <summary>A new request.</summary>
    public void Begin(InboundConnection inbound, ListenerBehaviour behaviour, LiveMesh mesh)
    {
        InboundConnection = inbound;
        Behaviour = behaviour;
        Mesh = mesh;
        Method = Http.Request.Method;
        StartedAt = _workSince = _time.GetTimestamp();
        At = _time.GetUtcNow();
    }

    /// <summary>Goes on with a newer mesh than it began with; before anything was taken from the old one.</summary>
    public void Meet(LiveMesh mesh) => Mesh = mesh;

    /// <summary>An attempt begins: its clock runs, and the body is read from its first byte.</summary>
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

    /// <summary>The answer's head is there: from here on the stream's idle time counts, not the deadline.</summary>
    public void StopClock() => _cutOff.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>The head of an answer is there: the instance lives.</summary>
    public void AnswerHeadArrived()
    {
        _answering = true;
        _answeredAt = _time.GetTimestamp();
        StopClock();
        OnAnswerHead?.Invoke();
    }

    /// <summary>Ends the connection with this response: <c>Connection: close</c>, or GOAWAY, after which HTTP/2 finishes what is begun.</summary>
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
    /// The answer is about to end; completes when it may (<see cref="InboundConnection.RequestEndsAsync"/>). The forwarder ends the answers of gRPC by itself, before the
    /// request is over, so this is asked behind the trailers as well as at the end.
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

    /// <summary>Gives back what admission and limits gave it, and tells them how long the application took from the whole request to the head of its answer.</summary>
    public void LeaveLimits(in MeshError error)
    {
        var isItsAnswer = _answeredAt != 0 && _workSince != 0 && _answeredAt >= _workSince && !error.IsError && !Answered.IsError;
        TimeSpan? took = isItsAnswer ? _time.GetElapsedTime(_workSince, _answeredAt) : null;
        Admission.End(StartedAt, took);
        Limit.End(StartedAt, took);
        (Admission, Limit) = (default, default);
        _answeredAt = 0;
    }

    /// <summary>The request is over; nothing of it may be seen by the next.</summary>
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

    // The lesser of what the policy gives an attempt and what is left of all.
    private void SetClock(TimeSpan left)
    {
        var attempt = Route.Policy.Timeouts.Attempt;
        _attemptRules = attempt > TimeSpan.Zero && (left == Timeout.InfiniteTimeSpan || attempt < left);
        _cutOff.CancelAfter(_attemptRules ? attempt : left);
    }
}
