namespace GatewayMesh.Guard.Carrying;

/// <summary>What the guard last saw of one gateway.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Address">Its tunnel listener.</param>
/// <param name="Ok">Whether it answered.</param>
/// <param name="At">When, by the guard's monotonic clock.</param>
/// <param name="Error">Why not.</param>
internal sealed record GatewayHealth(string Node, string Address, bool Ok, TimeSpan At, string? Error);
