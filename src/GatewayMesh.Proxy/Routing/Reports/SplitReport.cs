using System.Collections.Immutable;

namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>A splitter that was passed.</summary>
/// <param name="Splitter">Its name.</param>
/// <param name="Legs">Its shares, in order.</param>
/// <param name="Drawn">Which of them was drawn, as an example: another request has another lot.</param>
public sealed record SplitReport(string Splitter, ImmutableArray<LegReport> Legs, int Drawn);
