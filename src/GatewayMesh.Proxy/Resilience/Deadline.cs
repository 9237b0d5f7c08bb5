namespace GatewayMesh.Proxy.Resilience;

/// <summary>The moment at which a request, with all its attempts and hops, must be over: what the policy gives, or less if the caller said so.</summary>
public readonly struct Deadline
{
    private readonly TimeProvider? _time;
    private readonly long _end;

    private Deadline(TimeProvider time, long end, bool isCallers)
    {
        _time = time;
        _end = end;
        IsCallers = isCallers;
    }

    /// <summary>No deadline.</summary>
    public static Deadline None => default;

    /// <summary>True when there is one.</summary>
    public bool IsSet => _time is not null;

    /// <summary>True when the caller's own, shorter time rules: that it ran out says nothing against the instance.</summary>
    public bool IsCallers { get; }

    /// <summary>Time left, never negative; <see cref="Timeout.InfiniteTimeSpan"/> when there is no deadline.</summary>
    public TimeSpan Remaining
    {
        get
        {
            if (_time is null)
            {
                return Timeout.InfiniteTimeSpan;
            }

            var now = _time.GetTimestamp();
            return now >= _end ? TimeSpan.Zero : _time.GetElapsedTime(now, _end);
        }
    }

    /// <summary>True when it has passed.</summary>
    public bool IsOver => _time is not null && _time.GetTimestamp() >= _end;

    /// <summary>Starts now.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="policy">What the policy gives; zero or negative for no limit.</param>
    /// <param name="caller">What the caller has left (<c>gatewaymesh-timeout-ms</c>), or null.</param>
    public static Deadline Start(TimeProvider time, TimeSpan policy, TimeSpan? caller)
    {
        var isCallers = caller is { } left && (policy <= TimeSpan.Zero || left < policy);
        var span = isCallers ? caller!.Value : policy;
        return !isCallers && span <= TimeSpan.Zero
            ? None
            : new Deadline(time, time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency), isCallers);
    }

    /// <summary>Milliseconds left for <c>gatewaymesh-timeout-ms</c> of the next hop, rounded up (so that what is left is never told as nothing); null when there is no deadline.</summary>
    public long? RemainingMilliseconds => _time is null ? null : (long)Math.Ceiling(Remaining.TotalMilliseconds);
}
