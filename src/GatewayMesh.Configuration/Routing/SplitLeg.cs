using GatewayMesh.Configuration.Headers;

namespace GatewayMesh.Configuration.Routing;

/// <summary>A share of a splitter.</summary>
/// <param name="Weight">Weight relative to the sum of all weights. Those of a service-splitter are hundredths of a percent.</param>
/// <param name="Next">Next node.</param>
public sealed record SplitLeg(int Weight, RouteNode Next)
{
    /// <summary>Changes to the header fields of requests; null for none (Consul 1.10 and later).</summary>
    public HeaderChanges? RequestHeaders { get; init; }

    /// <summary>Changes to the header fields of responses; null for none (Consul 1.10 and later).</summary>
    public HeaderChanges? ResponseHeaders { get; init; }
}
