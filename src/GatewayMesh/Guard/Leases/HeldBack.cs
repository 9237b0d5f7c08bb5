namespace GatewayMesh.Guard.Leases;

/// <summary>A worker that could serve, or be started, and may not yet.</summary>
/// <param name="Reason">The rule that holds it back.</param>
/// <param name="Left">Time until the next try.</param>
internal sealed record HeldBack(string Reason, TimeSpan Left);
