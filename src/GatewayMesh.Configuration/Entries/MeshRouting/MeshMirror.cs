namespace GatewayMesh.Configuration.Entries.MeshRouting;

/// <summary>Copies of a rule's requests for the instances of a service, whose own routes are not applied.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Share">Share of the requests that are copied, 0 to 1.</param>
public sealed record MeshMirror(string Service, double Share);
