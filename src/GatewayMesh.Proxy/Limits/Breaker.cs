using GatewayMesh.Time;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// The circuit breaker of a service, based on failures (like Polly's, without its lock and allocations):
/// <code>
/// closed ──failures ÷ attempts of the window ≥ ratio──► open ──time elapsed──► half open: one request ──success──► closed, counts reset
///                                                        ▲                        │
///                                                        └────────failure─────────┘
/// </code>
/// An attempt that passes costs one clock read and one interlocked addition. Attempts that began before a phase change do not count after
/// it.
/// </summary>
internal sealed class Breaker
{
    private const int Slices = 10;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly long _slice;
    private BreakerState _state;

    /// <summary>Creates a closed circuit breaker.</summary>
    public Breaker(BreakerModel model, TimeProvider time)
    {
        Model = model;
        _time = time;
        _start = time.GetTimestamp();
        _slice = Math.Max(1, (long)(model.Window.TotalSeconds * time.TimestampFrequency) / Slices);
        _state = new BreakerState(BreakerPhase.Closed, 0);
    }

    /// <summary>Model that this circuit breaker was created from.</summary>
    public BreakerModel Model { get; }

    /// <summary>Current phase.</summary>
    public BreakerPhase Phase => Volatile.Read(ref _state).Phase;

    /// <summary>True if an attempt would be refused now.</summary>
    public bool IsRefusing
    {
        get
        {
            var state = Volatile.Read(ref _state);
            return state.Phase == BreakerPhase.HalfOpen || (state.Phase == BreakerPhase.Open && _time.GetTimestamp() < state.Until);
        }
    }

    /// <summary>Remaining time in the open phase; zero if not open or if a trial is due.</summary>
    public TimeSpan OpenFor
    {
        get
        {
            var state = Volatile.Read(ref _state);
            var now = _time.GetTimestamp();
            return state.Phase == BreakerPhase.Open && now < state.Until ? _time.GetElapsedTime(now, state.Until) : TimeSpan.Zero;
        }
    }

    /// <summary>Attempts and failures in the window.</summary>
    public (long Attempts, long Failures) Counts
    {
        get
        {
            var state = Volatile.Read(ref _state);
            var slice = SliceOf(_time.GetTimestamp());
            var failures = state.Failures.Sum(slice);
            return (state.Successes.Sum(slice) + failures, failures);
        }
    }

    /// <summary>Returns true if an attempt may pass.</summary>
    public bool TryEnter(out BreakerPass pass)
    {
        var state = Volatile.Read(ref _state);
        if (state.Phase == BreakerPhase.Closed)
        {
            pass = new BreakerPass(this, state);
            return true;
        }

        if (state.Phase == BreakerPhase.Open && _time.GetTimestamp() >= state.Until)
        {
            var trial = new BreakerState(BreakerPhase.HalfOpen, 0);
            if (Interlocked.CompareExchange(ref _state, trial, state) == state)
            {
                pass = new BreakerPass(this, trial);
                return true;
            }
        }

        pass = default;
        return false;
    }

    /// <summary>Records the end of an attempt.</summary>
    /// <param name="began">State in which the attempt began.</param>
    /// <param name="failed">True if the attempt failed; null if the result is inconclusive.</param>
    internal void End(BreakerState began, bool? failed)
    {
        if (Volatile.Read(ref _state) != began)
        {
            return;
        }

        var now = _time.GetTimestamp();
        if (began.Phase == BreakerPhase.HalfOpen)
        {
            var next = failed switch
            {
                true => Opened(now),
                false => new BreakerState(BreakerPhase.Closed, 0),
                null => new BreakerState(BreakerPhase.Open, now), // the next request is the trial
            };
            Interlocked.CompareExchange(ref _state, next, began);
            return;
        }

        switch (failed)
        {
            case false:
                began.Successes.Count(SliceOf(now));
                break;
            case true:
                began.Failures.Count(SliceOf(now));
                if (IsOverRatio(began, SliceOf(now)))
                {
                    Interlocked.CompareExchange(ref _state, Opened(now), began);
                }

                break;
        }
    }

    private bool IsOverRatio(BreakerState state, long slice)
    {
        var failures = state.Failures.Sum(slice);
        var attempts = failures + state.Successes.Sum(slice);
        return attempts >= Model.MinimumRequests && failures >= attempts * Model.FailureRatio;
    }

    private BreakerState Opened(long now) => new(BreakerPhase.Open, now + (long)(Model.OpenFor.TotalSeconds * _time.TimestampFrequency));

    private long SliceOf(long now) => (now - _start) / _slice;

    /// <summary>One period in a phase, with its counts.</summary>
    /// <param name="Phase">The phase.</param>
    /// <param name="Until">Open phase: timestamp of the first permitted trial.</param>
    internal sealed record BreakerState(BreakerPhase Phase, long Until)
    {
        /// <summary>Successful attempts.</summary>
        public SecondCounter Successes { get; } = new(Slices);

        /// <summary>Failed attempts.</summary>
        public SecondCounter Failures { get; } = new(Slices);
    }
}
