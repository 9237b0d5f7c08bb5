using GatewayMesh.Time;

namespace GatewayMesh.Client.Failover;

/// <summary>
/// The retries that one process may make, failovers included: over the last ten seconds at most 20 % of the requests, but at least ten a second.
/// Requests are counted without a lock; only a retry takes one, for a moment.
/// </summary>
internal sealed class FailoverBudget
{
    /// <summary>Seconds that count.</summary>
    public const int WindowSeconds = 10;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Lock _taking = new();
    private readonly SecondCounter _requests = new(WindowSeconds);
    private readonly SecondCounter _retries = new(WindowSeconds);

    /// <summary>A full budget.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="ratio">Retries for each request. Default: 0.2.</param>
    /// <param name="minPerSecond">Retries a second that are always allowed. Default: 10.</param>
    public FailoverBudget(TimeProvider time, double ratio = 0.2, int minPerSecond = 10)
    {
        _time = time;
        _start = time.GetTimestamp();
        Ratio = ratio;
        MinPerSecond = minPerSecond;
    }

    /// <summary>Retries for each request.</summary>
    public double Ratio { get; }

    /// <summary>Retries a second that are always allowed.</summary>
    public int MinPerSecond { get; }

    private long Second => (_time.GetTimestamp() - _start) / _time.TimestampFrequency;

    /// <summary>Counts a request that arrived (not its retries).</summary>
    public void CountRequest() => _requests.Count(Second);

    /// <summary>Spends one retry; false when none is left.</summary>
    public bool TryTake()
    {
        // Look and take must be one step, or two threads would take the last one.
        lock (_taking)
        {
            var second = Second;
            var allowed = Math.Max((long)MinPerSecond * WindowSeconds, (long)(_requests.Sum(second) * Ratio));
            if (_retries.Sum(second) >= allowed)
            {
                return false;
            }

            _retries.Count(second);
            return true;
        }
    }
}
