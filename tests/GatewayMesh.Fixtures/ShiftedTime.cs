namespace GatewayMesh.Fixtures;

/// <summary>The system clock, moved by the test. Timers run by themselves, which those of FakeTimeProvider do not.</summary>
public sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    /// <summary>Offset from the system clock. Default: 0.</summary>
    public TimeSpan Shift
    {
        get => new(Interlocked.Read(ref _shift));
        set => Interlocked.Exchange(ref _shift, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(Shift.TotalSeconds * TimestampFrequency);
}
