namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Log settings of a process.</summary>
public sealed record LogsSpec
{
    /// <summary>The access log.</summary>
    public AccessLogSpec AccessLog { get; init; } = new();

    /// <summary>
    /// Events per level and second; further events are counted and reported in one line. Null for no limit. Default: 100.
    /// </summary>
    public int? MaxEventsPerSecond { get; init; } = 100;
}
