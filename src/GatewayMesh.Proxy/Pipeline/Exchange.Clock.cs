using GatewayMesh.Proxy.Attempts;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Hedging;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Pipeline;

// Timers of the request and its attempts, and the progress of the body, which starts and stops them.
internal sealed partial class Exchange
{
    private CancellationTokenSource _cutOff;
    private long _workSince; // when the application had the whole request; 0 while a body is being sent
    private bool _isUploaded;

    /// <summary>True once the body is being read.</summary>
    public bool IsBodyBegun { get; private set; }

    /// <inheritdoc/>
    public bool IsAnswered => Attempt.HasAnswer;

    /// <summary>True if no part of the body is lost, so that the request can be sent elsewhere.</summary>
    public bool CanGoElsewhere => !IsBodyBegun || Replay.CanRewind;

    /// <summary>True if the client waits for the response: the whole request was sent.</summary>
    public bool IsSent => _isUploaded || !SendsAStream;

    /// <summary>True if the time of <see cref="Deadline"/> or of the attempt has passed.</summary>
    public bool IsOutOfTime => _cutOff.IsCancellationRequested;

    /// <summary>True if only the time of the attempt has passed.</summary>
    public bool IsAttemptOutOfTime => Attempt.HasShorterTimeout && IsOutOfTime;

    /// <summary>Fires when the deadline or the attempt timeout passes before the response head has arrived.</summary>
    public CancellationToken CutOff => _cutOff.Token;

    /// <summary>
    /// Timestamp at which the instance had the whole request; 0 while the body is being sent, and if the instance did not take the whole
    /// body.
    /// </summary>
    public long WorkSince => Attempt.IsBodyRefused || (!_isUploaded && !IsUpgrade && SendsAStream) ? 0 : _workSince;

    /// <summary>Starts an attempt: its timer runs, and the body is read from its first byte.</summary>
    /// <param name="hop">The hop.</param>
    /// <param name="hedge">Hedge of the attempt; null for none.</param>
    public void StartAttempt(in Hop hop, Hedge? hedge = null)
    {
        if (!_cutOff.TryReset())
        {
            _cutOff.Dispose();
            _cutOff = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        }

        Attempt = new Attempt { Hop = hop, Hedge = hedge };
        SetClock(Deadline.Remaining);
        if (Replay.IsActive)
        {
            Body = Replay.Read();
        }
    }

    /// <summary>Stops the deadline when the response head has arrived; from here on the stream's idle timeout applies.</summary>
    public void StopClock() => _cutOff.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Records the arrival of a response head: the instance is alive.</summary>
    public void AnswerHeadArrived()
    {
        Attempt.HasAnswer = true;
        Attempt.AnsweredAt = _time.GetTimestamp();
        StopClock();
        _answerHead?.Invoke(this);
    }

    /// <summary>
    /// Records the start of the body. A slow upload is not a slow response, and a stream of calls is not an upload, so only the caller's
    /// own deadline runs while the client sends.
    /// </summary>
    public void BodyBegan()
    {
        IsBodyBegun = true;
        _workSince = 0;
        if (!_isUploaded)
        {
            Attempt.HasShorterTimeout = false;
            _cutOff.CancelAfter(CallDeadline.Remaining);
        }
    }

    /// <summary>
    /// Records the end of the body: the policy's response timeout starts now. A further attempt, which sends the body again, gets the
    /// remaining time.
    /// </summary>
    public void BodyEnded()
    {
        _workSince = _time.GetTimestamp();
        if (_isUploaded || Attempt.HasAnswer)
        {
            return;
        }

        _isUploaded = true;
        if (Deadline.IsSet)
        {
            Deadline = Deadline.Start(_time, RequestTimeout, CallDeadline.IsSet ? CallDeadline.Remaining : null);
        }

        SetClock(Deadline.Remaining);
    }

    /// <summary>Records the end of a wait before the first attempt, which is no latency of the instance.</summary>
    public void WaitEnded() => _workSince = _workSince == 0 ? 0 : _time.GetTimestamp();

    /// <inheritdoc/>
    public void BodyRefused() => Attempt.IsBodyRefused = true;

    private void ResetClock() => (_workSince, _isUploaded, IsBodyBegun) = (0, false, false);

    // The shorter of the policy's attempt timeout and the remaining total time.
    private void SetClock(TimeSpan left)
    {
        var attempt = Route.Policy.Timeouts.Attempt;
        Attempt.HasShorterTimeout = attempt > TimeSpan.Zero && (left == Timeout.InfiniteTimeSpan || attempt < left);
        _cutOff.CancelAfter(Attempt.HasShorterTimeout ? attempt : left);
    }
}
