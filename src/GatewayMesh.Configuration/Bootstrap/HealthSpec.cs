namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>An active readiness check of an application.</summary>
public sealed record HealthSpec
{
    /// <summary>Path of an HTTP check, or null for a TCP connect.</summary>
    public string? Http { get; init; }

    /// <summary>Time between two checks. Default: 2 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Timeout of a check. Default: 1 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);
}
