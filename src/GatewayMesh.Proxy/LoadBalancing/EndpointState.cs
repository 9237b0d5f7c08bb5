using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing.Outliers;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Live state of an instance: requests in flight, latency, counts of an interval, and passive ejection. Lives as long as its key (service,
/// ID, address) is in the snapshot. Takes no locks, and allocates nothing while requests succeed.
/// </summary>
public sealed class EndpointState
{
    private readonly TimeProvider _time;
    private readonly Action<EndpointState, EjectionCause>? _ejected;
    private readonly PeakEwma _latency;
    private EjectionShare _share;
    private Ejection _ejection = Ejection.Trusted;
    private DeclaredEndpoint _declared;
    private long _since;
    private long _good;
    private long _bad;
    private long _answers;
    private long _taken;
    private int _inFlight;
    private bool _isRetired;

    internal EndpointState(EndpointModel model, PolicyModel policy, TimeProvider time, Action<EndpointState, EjectionCause>? ejected = null)
    {
        Key = EndpointKey.Of(model);
        _declared = new DeclaredEndpoint(model, policy);
        _time = time;
        _ejected = ejected;
        _since = time.GetTimestamp();
        _latency = new PeakEwma(time, policy.LoadBalancing.Ewma.DefaultRtt);
        _share = new EjectionShare(policy.Ejection.MaxOf(1), instances: 1);
    }

    /// <summary>Identity of the instance across reloads.</summary>
    public EndpointKey Key { get; }

    /// <summary>The instance as last declared.</summary>
    public EndpointModel Model => Volatile.Read(ref _declared).Model;

    /// <summary>Number of running requests.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Peak EWMA of the time to the response head.</summary>
    public TimeSpan Latency => TimeSpan.FromSeconds(LatencyAt(_time.GetTimestamp()));

    /// <summary>Slow-start factor on the instance's share, 0 to 1 (<c>loadBalancing.slowStart</c>).</summary>
    public double SlowStart => SlowStartAt(_time.GetTimestamp());

    /// <summary>Consecutive attempts without a response; 0 while ejected.</summary>
    public int ConsecutiveFailures => Volatile.Read(ref _ejection).Failures;

    /// <summary>True while the instance receives only trial requests.</summary>
    public bool IsEjected => Volatile.Read(ref _ejection).IsEjected;

    /// <summary>Cause of the ejection.</summary>
    public EjectionCause EjectionCause =>
        Volatile.Read(ref _ejection) is { IsEjected: true } ejection ? ejection.Cause : EjectionCause.None;

    /// <summary>Consecutive ejections; 0 while trusted.</summary>
    public int Ejections => Volatile.Read(ref _ejection).Times;

    /// <summary>Time until a trial may start; zero if not ejected or if a trial is due.</summary>
    public TimeSpan EjectedFor
    {
        get
        {
            var ejection = Volatile.Read(ref _ejection);
            var now = _time.GetTimestamp();
            return ejection.IsEjected && now < ejection.Until ? _time.GetElapsedTime(now, ejection.Until) : TimeSpan.Zero;
        }
    }

    /// <summary>Policy of calls to the instance, as last declared.</summary>
    internal PolicyModel Policy => Volatile.Read(ref _declared).Policy;

    /// <summary>Ejection permits shared with the other instances of the service.</summary>
    internal EjectionShare Share => Volatile.Read(ref _share);

    /// <summary>
    /// True if the instance may be selected: usable, or in panic ejected for its responses. An instance that failed to respond to its
    /// latest requests is never selected, ejected or not: the registry may be wrong, but this process has just tried.
    /// </summary>
    internal bool IsOpen(long now, bool panic)
    {
        var ejection = Volatile.Read(ref _ejection);
        return ejection.IsAvailable(now) || (ejection.Cause != EjectionCause.ConsecutiveFailures && (panic || !ejection.IsEjected));
    }

    /// <summary>True if the instance is ejected and a trial may start.</summary>
    internal bool IsDue(long now) => Volatile.Read(ref _ejection).TrialIsDue(now);

    /// <summary>True if the instance is usable and not known to fail, so that it is preferred over other routes.</summary>
    internal bool IsAvailable(long now) => Volatile.Read(ref _ejection).IsAvailable(now);

    /// <summary>True if the instance failed to respond so often that another attempt is pointless, ejected or not.</summary>
    internal bool IsOutOfReach(long now) =>
        Volatile.Read(ref _ejection) is { Cause: EjectionCause.ConsecutiveFailures } ejection && !ejection.IsAvailable(now);

    /// <summary>Peak EWMA in seconds.</summary>
    internal double LatencyAt(long now) => _latency.Read(now, Policy.LoadBalancing.Ewma.Decay.TotalSeconds);

    /// <summary>Value of <see cref="SlowStart"/> at a given time.</summary>
    internal double SlowStartAt(long now) =>
        Policy.LoadBalancing.SlowStart.ShareAfter(_time.GetElapsedTime(Interlocked.Read(ref _since), now));

    /// <summary>Begins a request if the instance is usable. After an ejection only one caller gets the trial.</summary>
    public bool TryBegin(out EndpointLease lease)
    {
        var now = _time.GetTimestamp();
        while (true)
        {
            var ejection = Volatile.Read(ref _ejection);
            if (!ejection.IsEjected)
            {
                Interlocked.Increment(ref _inFlight);
                lease = new EndpointLease(this, ejection.Epoch, false, now);
                return true;
            }

            if (!ejection.TrialIsDue(now))
            {
                lease = default;
                return false;
            }

            if (Interlocked.CompareExchange(ref _ejection, ejection with { OnTrial = true }, ejection) == ejection)
            {
                Interlocked.Increment(ref _inFlight);
                lease = new EndpointLease(this, ejection.Epoch, true, now);
                return true;
            }
        }
    }

    /// <summary>Begins a request regardless of the instance's state, for panic or if no better instance exists.</summary>
    public EndpointLease Begin()
    {
        if (TryBegin(out var lease))
        {
            return lease;
        }

        Interlocked.Increment(ref _inFlight);
        return new EndpointLease(this, Volatile.Read(ref _ejection).Epoch, false, _time.GetTimestamp());
    }

    internal void Answered(long began)
    {
        var now = _time.GetTimestamp();
        var taken = _time.GetElapsedTime(began, now);
        _latency.Observe(taken.TotalSeconds, now, Policy.LoadBalancing.Ewma.Decay.TotalSeconds);
        Interlocked.Increment(ref _answers);
        Interlocked.Add(ref _taken, taken.Ticks);
    }

    internal void Report(EndpointOutcome outcome, int epoch, bool trial)
    {
        var policy = Policy;
        while (true)
        {
            var before = Volatile.Read(ref _ejection);
            var now = _time.GetTimestamp();
            var after = before.After(outcome, epoch, trial, policy, now, _time);
            if (ReferenceEquals(before, after)
                || (after.IsEjected && after.Epoch != before.Epoch ? TryEject(before, after, after.Cause) : TrySwap(before, after)))
            {
                return;
            }

            // No permit is free: keep the evidence, so that the next failure tries again.
            if (after.IsEjected
                && !before.IsEjected
                && Volatile.Read(ref _ejection) == before
                && TrySwap(before, before.Spared(outcome, after.Cause, policy, now, _time)))
            {
                return;
            }
        }
    }

    /// <summary>
    /// Ejects the instance for its counts of an interval; false if the maximum number is ejected. Returns true also if already ejected.
    /// </summary>
    internal bool Eject(EjectionCause cause)
    {
        while (true)
        {
            var before = Volatile.Read(ref _ejection);
            if (before.IsEjected || TryEject(before, before.Ejected(cause, Policy, _time.GetTimestamp(), _time), cause))
            {
                return true;
            }

            if (Volatile.Read(ref _ejection) == before)
            {
                return false;
            }
        }
    }

    /// <summary>Ends an ejection because the maximum has decreased; false if the instance is not ejected.</summary>
    internal bool Pardon()
    {
        while (true)
        {
            var before = Volatile.Read(ref _ejection);
            if (!before.IsEjected)
            {
                return false;
            }

            if (TrySwap(before, before.Pardoned()))
            {
                return true;
            }
        }
    }

    /// <summary>Records an interval without ejection.</summary>
    internal void ForgetOne()
    {
        var before = Volatile.Read(ref _ejection);
        _ = ReferenceEquals(before.Forgetting(), before) || TrySwap(before, before.Forgetting());
    }

    /// <summary>Retires the instance, which is in no table any more: it returns its permit and takes no other.</summary>
    internal void Retire()
    {
        Volatile.Write(ref _isRetired, true);
        _ = Pardon();
    }

    /// <summary>Returns and resets the counts since the last call.</summary>
    internal EndpointCounts TakeCounts() => new(
        Interlocked.Exchange(ref _good, 0),
        Interlocked.Exchange(ref _bad, 0),
        Interlocked.Exchange(ref _answers, 0),
        TimeSpan.FromTicks(Interlocked.Exchange(ref _taken, 0)));

    /// <summary>Sets the service's ejection permits; called before the instance is in use.</summary>
    internal void Join(EjectionShare share) => Volatile.Write(ref _share, share);

    internal void Leave(EndpointOutcome outcome, long began, bool answered)
    {
        Interlocked.Decrement(ref _inFlight);
        switch (outcome)
        {
            case EndpointOutcome.Cancelled:
                ObserveWait(began, answered);
                break;
            case EndpointOutcome.Success:
                Interlocked.Increment(ref _good);
                break;
            case EndpointOutcome.ConnectFailed or EndpointOutcome.Failed:
                Interlocked.Increment(ref _bad);
                ObservePenalty();
                break;
            default:
                Interlocked.Increment(ref _bad);
                break;
        }
    }

    internal void Declare(EndpointModel model, PolicyModel policy)
    {
        if (model.Healthy && !Model.Healthy)
        {
            Interlocked.Exchange(ref _since, _time.GetTimestamp());
        }

        Volatile.Write(ref _declared, new DeclaredEndpoint(model, policy));
    }

    // The wait was canceled: the response would have taken longer than this.
    private void ObserveWait(long began, bool answered)
    {
        var now = _time.GetTimestamp();
        var waited = _time.GetElapsedTime(began, now).TotalSeconds;
        if (!answered && waited > LatencyAt(now))
        {
            _latency.Observe(waited, now, Policy.LoadBalancing.Ewma.Decay.TotalSeconds);
        }
    }

    private void ObservePenalty()
    {
        var now = _time.GetTimestamp();
        var ewma = Policy.LoadBalancing.Ewma;
        if (ewma.FailurePenalty.TotalSeconds > LatencyAt(now))
        {
            _latency.Observe(ewma.FailurePenalty.TotalSeconds, now, ewma.Decay.TotalSeconds);
        }
    }

    // Takes a permit before the ejection, so that there are never more ejections than permits taken. An ejected instance keeps its permit.
    private bool TryEject(Ejection before, Ejection after, EjectionCause cause)
    {
        var share = Share;
        if (!before.IsEjected
            && (Volatile.Read(ref _isRetired) || (cause != EjectionCause.ConsecutiveFailures && share.IsOfOne) || !share.TryTake()))
        {
            return false;
        }

        if (Interlocked.CompareExchange(ref _ejection, after, before) != before)
        {
            if (!before.IsEjected)
            {
                share.Release();
            }

            return false;
        }

        share.Touch();
        _ejected?.Invoke(this, cause);
        if (Volatile.Read(ref _isRetired))
        {
            _ = Pardon();
        }

        return true;
    }

    private bool TrySwap(Ejection before, Ejection after)
    {
        if (Interlocked.CompareExchange(ref _ejection, after, before) != before)
        {
            return false;
        }

        if (before.IsEjected && !after.IsEjected)
        {
            var now = _time.GetTimestamp();
            Interlocked.Exchange(ref _since, now);
            _latency.Reset(Policy.LoadBalancing.Ewma.DefaultRtt, now);
            Share.Release();
        }

        return true;
    }

    private sealed record DeclaredEndpoint(EndpointModel Model, PolicyModel Policy);
}
