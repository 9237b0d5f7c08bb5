namespace GatewayMesh.Drills.Drill;

/// <summary>A change of a node's status.</summary>
/// <param name="At">Time of the poll, microseconds since the start of the load.</param>
/// <param name="Tier">Tier in use; empty: the admin address was not responding.</param>
/// <param name="Lease">State of the lease.</param>
/// <param name="Guard">Process id of the guard.</param>
/// <param name="Worker">Process id of the worker.</param>
internal sealed record StatusChange(long At, string Tier, string Lease, int? Guard, int? Worker);
