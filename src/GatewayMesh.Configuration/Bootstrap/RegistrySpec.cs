namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>A registry by its URI.</summary>
/// <param name="Kind">Scheme: <c>file</c> or <c>consul</c>.</param>
/// <param name="Target">For <c>file</c> the absolute folder; for <c>consul</c> the agents, comma separated.</param>
public sealed record RegistrySpec(string Kind, string Target);
