namespace GatewayMesh.Commands.Drill.Load;

/// <summary>
/// The intended send times: request <c>i</c> at <c>i / rate</c>, however late the answers are. That is what makes the loop open: a
/// closed loop would stop asking while the mesh is broken and so hide the very time that matters.
/// </summary>
internal readonly struct Schedule
{
    private readonly double _microsecondsEach;

    /// <summary>A schedule of <paramref name="rate"/> requests a second for <paramref name="duration"/> (null: without end).</summary>
    public Schedule(double rate, TimeSpan? duration)
    {
        _microsecondsEach = 1_000_000 / rate;
        Count = duration is { } length ? (long)Math.Ceiling(length.TotalSeconds * rate - 1e-9) : long.MaxValue;
    }

    /// <summary>How many requests there are.</summary>
    public long Count { get; }

    /// <summary>When request <paramref name="index"/> is due, microseconds since the start.</summary>
    public long DueAt(long index) => (long)(index * _microsecondsEach);
}
