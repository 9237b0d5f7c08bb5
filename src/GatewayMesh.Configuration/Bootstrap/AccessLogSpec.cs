namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>One line a request on standard output.</summary>
public sealed record AccessLogSpec
{
    /// <summary>Lines in a second; those beyond are counted in one line. Null for no limit. Default: 1,000.</summary>
    public int? MaxLinesPerSecond { get; init; } = 1000;
}
