namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>One share of a splitter.</summary>
/// <param name="Weight">In hundredths of a percent.</param>
/// <param name="To">Where it leads.</param>
public sealed record LegReport(int Weight, string To);
