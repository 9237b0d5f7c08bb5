namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>The section <c>registryTls</c>: PEM files for agents that speak TLS, by absolute path.</summary>
/// <param name="Ca">Roots that the agents' certificates must come from; null: those of the system.</param>
/// <param name="Cert">Own certificate, for agents with <c>verify_incoming</c>; null: none.</param>
/// <param name="Key">Key of <paramref name="Cert"/>; null: none.</param>
public sealed record RegistryTlsSpec(string? Ca, string? Cert, string? Key);
