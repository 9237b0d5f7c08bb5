namespace GatewayMesh.Drills.Load;

/// <summary>
/// The intended send times: request <c>i</c> at <c>i / rate</c>, however late the responses are. This makes the loop open: a
/// closed loop would stop sending while the mesh is broken and hide the time that matters.
/// </summary>
internal readonly struct Schedule
{
    private readonly double _microsecondsEach;

    /// <summary>
    /// Creates a schedule of <paramref name="rate"/> requests per second for <paramref name="duration"/> (null: without end).
    /// </summary>
    public Schedule(double rate, TimeSpan? duration)
    {
        _microsecondsEach = 1_000_000 / rate;
        Count = duration is { } length ? (long)Math.Ceiling(length.TotalSeconds * rate - 1e-9) : long.MaxValue;
    }

    /// <summary>Number of requests.</summary>
    public long Count { get; }

    /// <summary>Intended send time of request <paramref name="index"/>, microseconds since the start.</summary>
    public long DueAt(long index) => (long)(index * _microsecondsEach);
}
