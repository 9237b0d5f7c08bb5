using System.Diagnostics.CodeAnalysis;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Proxy.Attempts;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// One request from arrival to response: the head as received, the facts that the steps find (each written once, by the step that finds
/// it), and the current attempt. Reused by the next request of the connection.
/// <code>
/// Exchange.cs           arrival and end           Exchange.Facts.cs     facts found by steps
/// Exchange.Clock.cs     timers and body           Exchange.Guarded.cs   access by another thread
/// </code>
/// </summary>
[
    SuppressMessage(
        "Design", "CA1001", Justification = "Reused for the life of the connection; an idle source without a timer holds no resources.")]
internal sealed partial class Exchange : IBodyObserver, IIdentifiedRequest, IRoutedRequest, IHashedRequest
{
    private readonly TimeProvider _time;
    private readonly Action<Exchange>? _answerHead;
    private bool _hasEnded;

    /// <summary>Creates an exchange without a request.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="response">The client's side.</param>
    /// <param name="answerHead">Called when a response head has arrived. Default: none.</param>
    public Exchange(TimeProvider time, IResponseSink response, Action<Exchange>? answerHead = null)
    {
        _time = time;
        _answerHead = answerHead;
        _cutOff = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        Response = response;
        Permissions = new ExchangeFacts(this);
    }

    /// <summary>Head of the request.</summary>
    public RequestHead Head { get; } = new();

    /// <summary>Body of the request, as the next attempt reads it.</summary>
    public Stream Body { get; set; } = Stream.Null;

    /// <summary>The client's side, which receives the response.</summary>
    public IResponseSink Response { get; }

    /// <summary>The request as seen by permissions.</summary>
    public ExchangeFacts Permissions { get; }

    /// <inheritdoc/>
    IRequestFacts IRoutedRequest.Facts => Permissions;

    /// <summary>Connection of the request.</summary>
    public InboundConnection InboundConnection { get; private set; } = null!;

    /// <summary>Behavior of the listener's kind.</summary>
    public ListenerBehavior Behavior { get; private set; } = null!;

    /// <summary>The mesh as of the request's arrival.</summary>
    public LiveMesh Mesh { get; private set; } = LiveMesh.Empty;

    /// <summary>The clock.</summary>
    public TimeProvider Time => _time;

    /// <summary>Arrival time (timestamp).</summary>
    public long StartedAt { get; private set; }

    /// <summary>Arrival time (wall clock).</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>The current attempt.</summary>
    public Attempt Attempt;

    /// <summary>Buffered body of the request, for further attempts.</summary>
    public ReplayBody Replay { get; } = new();

    /// <summary>
    /// Fires when nobody waits for the response any more. A request that has its idempotency key runs to its end: another request may wait
    /// for the response.
    /// </summary>
    public CancellationToken Gone => Keyed is { IsClaimed: true } ? CancellationToken.None : Response.Aborted;

    /// <summary>Starts a new request, whose head has been read.</summary>
    public void Begin(InboundConnection inbound, ListenerBehavior behavior, LiveMesh mesh)
    {
        InboundConnection = inbound;
        Behavior = behavior;
        Mesh = mesh;
        Method = Head.Method;
        StartedAt = _workSince = _time.GetTimestamp();
        At = _time.GetUtcNow();
    }

    /// <summary>Switches to a newer mesh, before any part of the old one was used.</summary>
    public void SwitchTo(LiveMesh mesh) => Mesh = mesh;

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
        var answeredAt = Attempt.AnsweredAt;
        var isMeasured = answeredAt != 0 && _workSince != 0 && answeredAt >= _workSince && !error.IsError && !Attempt.Answered.IsError;
        TimeSpan? took = isMeasured ? _time.GetElapsedTime(_workSince, answeredAt) : null;
        _facts.Admission.End(StartedAt, took);
        Limit.End(StartedAt, took);
        (_facts.Admission, Limit) = (default, default);
    }

    /// <summary>Ends the request and clears all state before the next.</summary>
    public void End()
    {
        StopClock();
        _facts.Mirror?.End();
        if (AllowedBy is not null)
        {
            _guard.Leave();
        }

        _isRevoked = false;
        _facts = default;
        Limit = default;
        Attempts = default;
        Tried = default;
        Attempt = default;
        ResetClock();
        _hasEnded = false;
        Mesh = LiveMesh.Empty;
        Body = Stream.Null;
        Head.Clear();
    }
}
