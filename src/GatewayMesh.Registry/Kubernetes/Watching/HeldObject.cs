namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>A kept object and its version. A start anew that finds the same version keeps the same instance.</summary>
/// <param name="Value">Projection of the object.</param>
/// <param name="Version">The object's <c>resourceVersion</c>; 0 if it is not a number.</param>
internal readonly record struct HeldObject<TKept>(TKept Value, ulong Version)
    where TKept : class;
