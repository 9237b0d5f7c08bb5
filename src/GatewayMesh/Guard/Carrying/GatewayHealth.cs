namespace GatewayMesh.Guard.Carrying;

/// <summary>Latest observation of a gateway.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Address">Address of its tunnel listener.</param>
/// <param name="Ok">True if the gateway responded.</param>
/// <param name="At">Time of the observation, on the guard's monotonic clock.</param>
/// <param name="Error">Error, or null.</param>
internal sealed record GatewayHealth(string Node, string Address, bool Ok, TimeSpan At, string? Error);
