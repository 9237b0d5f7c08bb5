namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>What a process writes about itself and its requests.</summary>
public sealed record LogsSpec
{
    /// <summary>The access log.</summary>
    public AccessLogSpec AccessLog { get; init; } = new();

    /// <summary>Events of one level in a second; those beyond are counted in one line. Null for no limit. Default: 100.</summary>
    public int? MaxEventsPerSecond { get; init; } = 100;
}
