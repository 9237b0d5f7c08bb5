namespace GatewayMesh.Tests.Identity;

/// <summary>The system's clock, but for the time of day, which a test moves. Timers run as they do.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    /// <summary>How far it is ahead.</summary>
    public TimeSpan Shift
    {
        get => new(Interlocked.Read(ref _shift));
        set => Interlocked.Exchange(ref _shift, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
