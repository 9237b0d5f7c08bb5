using GatewayMesh.Time;

namespace GatewayMesh.Client.Failover;

/// <summary>
/// The retry budget of one process, failovers included: 20 % of the requests of the last ten seconds, but at least ten a second. Requests
/// are counted without a lock; only a retry takes a lock, briefly.
/// </summary>
internal sealed class FailoverBudget
{
    /// <summary>Length of the window in seconds.</summary>
    public const int WindowSeconds = 10;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Lock _taking = new();
    private readonly SecondCounter _requests = new(WindowSeconds);
    private readonly SecondCounter _retries = new(WindowSeconds);

    /// <summary>Creates a full budget.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="ratio">Retries per request. Default: 0.2.</param>
    /// <param name="minPerSecond">Retries per second that are always allowed. Default: 10.</param>
    public FailoverBudget(TimeProvider time, double ratio = 0.2, int minPerSecond = 10)
    {
        _time = time;
        _start = time.GetTimestamp();
        Ratio = ratio;
        MinPerSecond = minPerSecond;
    }

    /// <summary>Retries per request.</summary>
    public double Ratio { get; }

    /// <summary>Retries per second that are always allowed.</summary>
    public int MinPerSecond { get; }

    private long Second => (_time.GetTimestamp() - _start) / _time.TimestampFrequency;

    /// <summary>Counts a new request, but not its retries.</summary>
    public void CountRequest() => _requests.Count(Second);

    /// <summary>Spends one retry; false if none is left.</summary>
    public bool TryTake()
    {
        // Check and spend must be one step, or two threads would spend the last retry.
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
