namespace GatewayMesh.Health;

/// <summary>The result of an application's last health check.</summary>
/// <param name="Failure">Error of the check; null if it passed.</param>
/// <param name="Failures">Consecutive failed checks.</param>
internal sealed record HealthState(string? Failure, int Failures);
