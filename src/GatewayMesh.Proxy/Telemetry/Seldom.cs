namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Bounds how often one thing is logged, however often a peer makes it happen.</summary>
internal sealed class Seldom(TimeProvider time)
{
    /// <summary>Time between two lines.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private long _next;
    private long _count;

    /// <summary>It happened; true when it is to be logged.</summary>
    /// <param name="count">Then: how often since the last line.</param>
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
