namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>An owner of an object, in the same namespace or of the whole cluster.</summary>
/// <param name="ApiVersion">Group and version of the owner.</param>
/// <param name="Kind">Kind of the owner.</param>
/// <param name="Name">Name of the owner.</param>
/// <param name="Uid">Id of the owner.</param>
/// <param name="Controller">True if the owner manages the object. Default: false.</param>
public sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool Controller = false);
