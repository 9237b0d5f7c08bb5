namespace GatewayMesh.Proxy.Resilience;

/// <summary>Deadline of a request with all its attempts and hops: the policy's timeout, or the caller's if shorter.</summary>
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

    /// <summary>True if there is a deadline.</summary>
    public bool IsSet => _time is not null;

    /// <summary>True if the caller's own, shorter timeout applies: its expiry is no evidence against the instance.</summary>
    public bool IsCallers { get; }

    /// <summary>Time left, never negative; <see cref="Timeout.InfiniteTimeSpan"/> if there is no deadline.</summary>
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

    /// <summary>True if the deadline has passed.</summary>
    public bool IsOver => _time is not null && _time.GetTimestamp() >= _end;

    /// <summary>Creates a deadline that starts now.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="policy">The policy's timeout; zero or negative for none.</param>
    /// <param name="caller">The caller's remaining time (<c>gatewaymesh-timeout-ms</c>), or null.</param>
    public static Deadline Start(TimeProvider time, TimeSpan policy, TimeSpan? caller)
    {
        var isCallers = caller is { } left && (policy <= TimeSpan.Zero || left < policy);
        var span = isCallers ? caller!.Value : policy;
        return !isCallers && span <= TimeSpan.Zero
            ? None
            : new Deadline(time, time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency), isCallers);
    }

    /// <summary>
    /// Remaining milliseconds for the next hop's <c>gatewaymesh-timeout-ms</c>, rounded up so that remaining time is never sent as zero;
    /// null if there is no deadline.
    /// </summary>
    public long? RemainingMilliseconds => _time is null ? null : (long)Math.Ceiling(Remaining.TotalMilliseconds);
}
