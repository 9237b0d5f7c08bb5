namespace GatewayMesh.Commands.Drill;

/// <summary>What a node's status became.</summary>
/// <param name="At">When it was seen, microseconds since the start of the load.</param>
/// <param name="Tier">Who carries; empty: the admin address did not answer.</param>
/// <param name="Lease">State of the lease.</param>
/// <param name="Guard">Process id of the guard.</param>
/// <param name="Worker">Process id of the worker.</param>
internal sealed record StatusChange(long At, string Tier, string Lease, int? Guard, int? Worker);
