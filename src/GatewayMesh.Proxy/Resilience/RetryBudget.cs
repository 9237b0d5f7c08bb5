using GatewayMesh.Time;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>
/// Budget of retries, including hedges and failovers, to one service or to all: at most 20 % of the requests over the last ten seconds, but
/// at least ten per second. Requests are counted without a lock; only a retry takes one, briefly.
/// </summary>
public sealed class RetryBudget
{
    /// <summary>Length of the window in seconds.</summary>
    public const int WindowSeconds = 10;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Lock _taking = new();
    private readonly SecondCounter _requests = new(WindowSeconds);
    private readonly SecondCounter _retries = new(WindowSeconds);
    private volatile Terms _terms;

    /// <summary>Creates a full budget.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="ratio">Retries per request. Default: 0.2.</param>
    /// <param name="minPerSecond">Retries per second that are always allowed. Default: 10.</param>
    public RetryBudget(TimeProvider time, double ratio = 0.2, int minPerSecond = 10)
    {
        _time = time;
        _start = time.GetTimestamp();
        _terms = new Terms(ratio, minPerSecond);
    }

    /// <summary>Retries per request.</summary>
    public double Ratio => _terms.Ratio;

    /// <summary>Retries per second that are always allowed.</summary>
    public int MinPerSecond => _terms.MinPerSecond;

    /// <summary>Counts and allowance of the window.</summary>
    public RetryBudgetView View
    {
        get
        {
            var second = Second;
            return new RetryBudgetView(Ratio, MinPerSecond, _requests.Sum(second), _retries.Sum(second), Allowed(second));
        }
    }

    private long Second => (_time.GetTimestamp() - _start) / _time.TimestampFrequency;

    /// <summary>Counts a request that arrived (not its retries).</summary>
    public void CountRequest() => _requests.Count(Second);

    /// <summary>Spends one retry; false if none is left.</summary>
    public bool TryTake()
    {
        // Check and spend must be one step; otherwise two threads could spend the last retry.
        lock (_taking)
        {
            var second = Second;
            if (_retries.Sum(second) >= Allowed(second))
            {
                return false;
            }

            _retries.Count(second);
            return true;
        }
    }

    /// <summary>Sets new terms; existing counts stay.</summary>
    internal void Declare(double ratio, int minPerSecond)
    {
        var terms = _terms;
        if (terms.Ratio != ratio || terms.MinPerSecond != minPerSecond)
        {
            _terms = new Terms(ratio, minPerSecond);
        }
    }

    private long Allowed(long second)
    {
        var terms = _terms;
        return Math.Max((long)terms.MinPerSecond * WindowSeconds, (long)(_requests.Sum(second) * terms.Ratio));
    }

    private sealed record Terms(double Ratio, int MinPerSecond);
}
