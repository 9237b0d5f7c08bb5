namespace GatewayMesh.Configuration.Entries;

/// <summary>A permission's condition on the path.</summary>
/// <param name="Test">Comparison.</param>
/// <param name="Value">Operand of the comparison.</param>
public sealed record PathRule(PathTest Test, string Value);
