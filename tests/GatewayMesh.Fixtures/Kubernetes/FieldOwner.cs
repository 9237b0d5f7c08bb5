namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>An owner of fields.</summary>
/// <param name="Manager">Name of the manager.</param>
/// <param name="Subresource">Subresource through which it wrote; empty for the object.</param>
/// <param name="Applied">True for server-side apply, false for other writes.</param>
internal readonly record struct FieldOwner(string Manager, string Subresource, bool Applied);
