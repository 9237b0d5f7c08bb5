using System.Collections.Immutable;

namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>A passed splitter.</summary>
/// <param name="Splitter">Name of the splitter.</param>
/// <param name="Legs">Shares in order.</param>
/// <param name="Drawn">Index of the sampled share, as an example: another request has another sample.</param>
public sealed record SplitReport(string Splitter, ImmutableArray<LegReport> Legs, int Drawn);
