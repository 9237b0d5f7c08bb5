namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Settings of the access log: one line per request on standard output.</summary>
public sealed record AccessLogSpec
{
    /// <summary>Lines per second; further lines are counted and reported in one line. Null for no limit. Default: 1,000.</summary>
    public int? MaxLinesPerSecond { get; init; } = 1000;
}
