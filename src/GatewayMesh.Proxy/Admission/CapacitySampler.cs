namespace GatewayMesh.Proxy.Admission;

/// <summary>
/// Measures what a request costs and how many there are, from two readings at a time: CPU time of the process and requests served. Call
/// <see cref="Sample"/> every second or so. Both figures are moving averages with a time constant of ten seconds.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="cpu">Reads the CPU time of this process so far.</param>
/// <param name="requests">Reads the requests served so far.</param>
public sealed class CapacitySampler(TimeProvider time, Func<TimeSpan> cpu, Func<long> requests)
{
    /// <summary>Time constant of the averages.</summary>
    public static readonly TimeSpan Decay = TimeSpan.FromSeconds(10);

    /// <summary>Fewer requests between two samples say nothing of the cost: the process's own housekeeping would be most of it. 20.</summary>
    public const int LeastRequests = 20;

    private readonly Lock _lock = new();
    private long _at = time.GetTimestamp();
    private TimeSpan _cpu = cpu();
    private long _requests = requests();
    private double _cost;
    private double _rate;

    /// <summary>CPU time of a request; zero while unknown.</summary>
    public TimeSpan CpuPerRequest { get { lock (_lock) { return TimeSpan.FromSeconds(_cost); } } }

    /// <summary>Requests a second, for <c>NodeRecord.RequestRate</c>.</summary>
    public double RequestRate { get { lock (_lock) { return _rate; } } }

    /// <summary>Takes a reading.</summary>
    public void Sample()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var passed = time.GetElapsedTime(_at, now);
            if (passed <= TimeSpan.Zero)
            {
                return;
            }

            var served = requests();
            var spent = cpu();
            var weight = 1 - Math.Exp(-passed / Decay);
            _rate += weight * (((served - _requests) / passed.TotalSeconds) - _rate);
            AddCost(served - _requests, spent - _cpu, weight);
            (_at, _requests, _cpu) = (now, served, spent);
        }
    }

    private void AddCost(long served, TimeSpan spent, double weight)
    {
        if (served < LeastRequests)
        {
            return;
        }

        var cost = spent.TotalSeconds / served;
        _cost = _cost == 0 ? cost : _cost + (weight * (cost - _cost));
    }
}
