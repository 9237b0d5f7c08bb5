namespace GatewayMesh.Proxy.Telemetry;

/// <summary>A rate derived from a counter that is read from time to time, smoothed over about ten seconds.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private const double Window = 10;

    private readonly Lock _gate = new();
    private long _at = time.GetTimestamp();
    private long _count;
    private double _rate;

    /// <summary>Returns counts per second.</summary>
    /// <param name="count">Current value of the counter.</param>
    public double Read(long count)
    {
        lock (_gate)
        {
            var seconds = time.GetElapsedTime(_at).TotalSeconds;
            if (seconds >= 0.5)
            {
                var weight = 1 - Math.Exp(-seconds / Window);
                _rate += weight * (((count - _count) / seconds) - _rate);
                _at = time.GetTimestamp();
                _count = count;
            }

            return _rate;
        }
    }
}
