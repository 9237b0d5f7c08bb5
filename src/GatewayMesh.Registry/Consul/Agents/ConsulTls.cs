namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>PEM files for agents that speak TLS; read again when they change.</summary>
/// <param name="CaFile">The only roots that an agent's certificate may come from; null: the system's.</param>
/// <param name="CertFile">Our certificate, for agents with <c>verify_incoming</c>; null: none.</param>
/// <param name="KeyFile">Its key; null: none.</param>
internal sealed record ConsulTls(string? CaFile, string? CertFile, string? KeyFile);
