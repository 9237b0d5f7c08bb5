using GatewayMesh.Time;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// The circuit breaker of a service on failures (Polly's, without its lock and its allocations):
/// <code>
/// closed ──failures ÷ attempts of the window ≥ ratio──► open ──time over──► half open: one request ──success──► closed, counting anew
///                                                        ▲                        │
///                                                        └────────failure─────────┘
/// </code>
/// An attempt that passes costs a look at the clock and one interlocked addition. What began before a change says nothing after it.
/// </summary>
internal sealed class Breaker
{
    private const int Slices = 10;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly long _slice;
    private BreakerState _state;

    /// <summary>A closed one.</summary>
    public Breaker(BreakerModel model, TimeProvider time)
    {
        Model = model;
        _time = time;
        _start = time.GetTimestamp();
        _slice = Math.Max(1, (long)(model.Window.TotalSeconds * time.TimestampFrequency) / Slices);
        _state = new BreakerState(BreakerPhase.Closed, 0);
    }

    /// <summary>What it was made from.</summary>
    public BreakerModel Model { get; }

    /// <summary>Where it stands.</summary>
    public BreakerPhase Phase => Volatile.Read(ref _state).Phase;

    /// <summary>How long it is open still; zero when it is not, or a trial is due.</summary>
    public TimeSpan OpenFor
    {
        get
        {
            var state = Volatile.Read(ref _state);
            var now = _time.GetTimestamp();
            return state.Phase == BreakerPhase.Open && now < state.Until ? _time.GetElapsedTime(now, state.Until) : TimeSpan.Zero;
        }
    }

    /// <summary>Attempts and failures of the window.</summary>
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

    /// <summary>Lets an attempt pass, or not.</summary>
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

    /// <summary>An attempt is over.</summary>
    /// <param name="began">The state in which it began.</param>
    /// <param name="failed">Whether it failed; null when it shows nothing.</param>
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
                null => new BreakerState(BreakerPhase.Open, now), // the next request tries
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
                if (IsTooMuch(began, SliceOf(now)))
                {
                    Interlocked.CompareExchange(ref _state, Opened(now), began);
                }

                break;
        }
    }

    private bool IsTooMuch(BreakerState state, long slice)
    {
        var failures = state.Failures.Sum(slice);
        var attempts = failures + state.Successes.Sum(slice);
        return attempts >= Model.MinimumRequests && failures >= attempts * Model.FailureRatio;
    }

    private BreakerState Opened(long now) => new(BreakerPhase.Open, now + (long)(Model.OpenFor.TotalSeconds * _time.TimestampFrequency));

    private long SliceOf(long now) => (now - _start) / _slice;

    /// <summary>One stay in a phase, with what was counted in it.</summary>
    /// <param name="Phase">The phase.</param>
    /// <param name="Until">Open: timestamp from which on a request may try.</param>
    internal sealed record BreakerState(BreakerPhase Phase, long Until)
    {
        /// <summary>Attempts that were well.</summary>
        public SecondCounter Successes { get; } = new(Slices);

        /// <summary>Attempts that failed.</summary>
        public SecondCounter Failures { get; } = new(Slices);
    }
}
