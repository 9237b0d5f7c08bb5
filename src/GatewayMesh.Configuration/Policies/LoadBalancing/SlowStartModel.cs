namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>
/// An instance that is new, well again or back from an ejection gets its share of the requests little by little:
/// <c>max(minWeight, (time since ÷ window) ^ (1 ÷ aggression))</c> of it (Envoy, slow start).
/// </summary>
public sealed record SlowStartModel
{
    /// <summary>The defaults.</summary>
    public static SlowStartModel Default { get; } = new();

    /// <summary>How long it takes to its whole share; zero: it gets it at once. Default: 0 s (Envoy).</summary>
    public TimeSpan Window { get; init; } = TimeSpan.Zero;

    /// <summary>1: in a straight line; more: faster at first; less: slower at first. Default: 1 (Envoy).</summary>
    public double Aggression { get; init; } = 1;

    /// <summary>Share of its share that it begins with, 0 to 1. Default: 0.1 (Envoy).</summary>
    public double MinWeight { get; init; } = 0.1;

    /// <summary>The share of its share that an instance gets which began <paramref name="since"/> ago, 0 to 1.</summary>
    public double ShareAfter(TimeSpan since) =>
        since >= Window ? 1 : Math.Clamp(Math.Pow(Math.Max(0, since / Window), 1 / Aggression), MinWeight, 1);

    internal SlowStartModel Under(SlowStartEntry entry) => this with
    {
        Window = entry.Window ?? Window,
        Aggression = entry.Aggression ?? Aggression,
        MinWeight = entry.MinWeight ?? MinWeight,
    };
}
