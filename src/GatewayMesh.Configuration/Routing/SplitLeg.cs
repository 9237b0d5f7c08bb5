namespace GatewayMesh.Configuration.Routing;

/// <summary>A share of a splitter.</summary>
/// <param name="Weight">Weight in hundredths of a percent: 10,000 is the total.</param>
/// <param name="Next">Next node.</param>
public sealed record SplitLeg(int Weight, RouteNode Next);
