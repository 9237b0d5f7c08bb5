namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>When an instance is taken out of the choice for what its answers show (outlier ejection).</summary>
public sealed record EjectionModel
{
    /// <summary>The defaults.</summary>
    public static EjectionModel Default { get; } = new();

    /// <summary>Failures in a row after which an instance is ejected. Default: 3.</summary>
    public int ConsecutiveFailures { get; init; } = 3;

    /// <summary>How long it is ejected, times the number of ejections in a row, at most ten times. Default: 10 s.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    internal EjectionModel Under(EjectionEntry entry) => this with
    {
        ConsecutiveFailures = entry.ConsecutiveFailures ?? ConsecutiveFailures,
        Time = entry.Time ?? Time,
    };
}
