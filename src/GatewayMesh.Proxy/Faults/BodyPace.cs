namespace GatewayMesh.Proxy.Faults;

/// <summary>Pace of a response's content. Waits shorter than a turn of the timer wheel are saved up, so that the rate is exact.</summary>
/// <param name="rate">Bytes per second; 1 or more.</param>
internal struct BodyPace(long rate)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    private TimeSpan _pending;

    /// <summary>True if there is a pace.</summary>
    public readonly bool IsOn => rate > 0;

    /// <summary>Number of bytes in a part: those of a tenth of a second, at least one.</summary>
    public readonly int Part => (int)Math.Clamp(rate / 10, 1, int.MaxValue);

    /// <summary>Returns the wait before <paramref name="bytes"/> more are sent; zero for none.</summary>
    public TimeSpan Add(int bytes)
    {
        _pending += TimeSpan.FromSeconds((double)bytes / rate);
        if (_pending < Shortest)
        {
            return TimeSpan.Zero;
        }

        var wait = _pending;
        _pending = TimeSpan.Zero;
        return wait;
    }
}
