namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Limits the log lines about one kind of event, regardless of how often peers cause it.</summary>
internal sealed class LogThrottle(TimeProvider time)
{
    /// <summary>Time between two lines: 10 s.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private long _next;
    private long _count;

    /// <summary>Records an event; true if the event must be logged.</summary>
    /// <param name="count">If true is returned: number of events since the last line.</param>
    public bool Next(out long count)
    {
        Interlocked.Increment(ref _count);
        var now = Math.Max(1, time.GetTimestamp());
        var next = Interlocked.Read(ref _next);
        if (now >= next && Interlocked.CompareExchange(ref _next, now + (long)(Quiet.TotalSeconds * time.TimestampFrequency), next) == next)
        {
            count = Interlocked.Exchange(ref _count, 0);
            return true;
        }

        count = 0;
        return false;
    }
}
