namespace GatewayMesh.Roles.Health;

/// <summary>The result of an application's last health check.</summary>
/// <param name="Failure">Why it failed; null when it passed.</param>
/// <param name="Failures">Checks in a row that failed.</param>
internal sealed record HealthState(string? Failure, int Failures);
