namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>One share of a splitter.</summary>
/// <param name="Weight">Share in hundredths of a percent.</param>
/// <param name="To">Name of the next node.</param>
public sealed record LegReport(int Weight, string To);
