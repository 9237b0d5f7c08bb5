namespace GatewayMesh.Proxy.Admission;

/// <summary>
/// Measures the cost of a request and the request rate from pairs of readings: CPU time of the process and requests served. Call
/// <see cref="Sample"/> about every second. Both figures are moving averages with a time constant of ten seconds.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="cpu">Reads the total CPU time of this process.</param>
/// <param name="requests">Reads the total number of requests served.</param>
public sealed class CapacitySampler(TimeProvider time, Func<TimeSpan> cpu, Func<long> requests)
{
    /// <summary>Time constant of the averages: ten seconds.</summary>
    public static readonly TimeSpan Decay = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Minimum requests between two samples for a cost measurement: 20. With fewer, the process's own housekeeping dominates.
    /// </summary>
    public const int MinRequests = 20;

    private readonly Lock _lock = new();
    private long _at = time.GetTimestamp();
    private TimeSpan _cpu = cpu();
    private long _requests = requests();
    private double _cost;
    private double _rate;

    /// <summary>CPU time per request; zero if unknown.</summary>
    public TimeSpan CpuPerRequest { get { lock (_lock) { return TimeSpan.FromSeconds(_cost); } } }

    /// <summary>Requests per second, for <c>NodeRecord.RequestRate</c>.</summary>
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
        if (served < MinRequests)
        {
            return;
        }

        var cost = spent.TotalSeconds / served;
        _cost = _cost == 0 ? cost : _cost + (weight * (cost - _cost));
    }
}
