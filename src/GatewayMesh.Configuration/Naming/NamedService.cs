using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Naming;

/// <summary>The meaning of an authority.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Instance">Address of the only instance that is meant; null: the service as a whole.</param>
public readonly record struct NamedService(string Service, HostPort? Instance = null);
