namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>The section <c>registryTls</c>: absolute paths of PEM files for agents that use TLS.</summary>
/// <param name="Ca">Roots trusted for the agents' certificates; null: the system's roots.</param>
/// <param name="Cert">Client certificate, for agents with <c>verify_incoming</c>; null: none.</param>
/// <param name="Key">Key of <paramref name="Cert"/>; null: none.</param>
public sealed record RegistryTlsSpec(string? Ca, string? Cert, string? Key);
