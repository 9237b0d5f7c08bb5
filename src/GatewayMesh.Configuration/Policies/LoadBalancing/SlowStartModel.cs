namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>
/// Slow start: an instance that is new, healthy again, or back from an ejection receives a growing fraction of its share: <c>max(minWeight,
/// (time since ÷ window) ^ (1 ÷ aggression))</c> (Envoy, slow start).
/// </summary>
public sealed record SlowStartModel
{
    /// <summary>The defaults.</summary>
    public static SlowStartModel Default { get; } = new();

    /// <summary>Time until an instance receives its full share; zero: at once. Default: 0 s (Envoy).</summary>
    public TimeSpan Window { get; init; } = TimeSpan.Zero;

    /// <summary>Curvature of the ramp. 1: linear; above 1: faster at first; below 1: slower at first. Default: 1 (Envoy).</summary>
    public double Aggression { get; init; } = 1;

    /// <summary>Initial fraction of the full share, 0 to 1. Default: 0.1 (Envoy).</summary>
    public double MinWeight { get; init; } = 0.1;

    /// <summary>Fraction of the full share for an instance that started <paramref name="since"/> ago, 0 to 1.</summary>
    public double ShareAfter(TimeSpan since) =>
        since >= Window ? 1 : Math.Clamp(Math.Pow(Math.Max(0, since / Window), 1 / Aggression), MinWeight, 1);

    internal SlowStartModel Under(SlowStartEntry entry) => this with
    {
        Window = entry.Window ?? Window,
        Aggression = entry.Aggression ?? Aggression,
        MinWeight = entry.MinWeight ?? MinWeight,
    };
}
