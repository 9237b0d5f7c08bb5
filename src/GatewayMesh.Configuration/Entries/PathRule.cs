namespace GatewayMesh.Configuration.Entries;

/// <summary>What a permission asks of the path.</summary>
/// <param name="Test">How it is compared.</param>
/// <param name="Value">With what.</param>
public sealed record PathRule(PathTest Test, string Value);
