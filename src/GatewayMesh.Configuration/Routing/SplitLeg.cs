namespace GatewayMesh.Configuration.Routing;

/// <summary>One share of a splitter.</summary>
/// <param name="Weight">In hundredths of a percent: 10,000 is all.</param>
/// <param name="Next">Where they go.</param>
public sealed record SplitLeg(int Weight, RouteNode Next);
