namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>Namespace and name of an object, unique within its kind.</summary>
/// <param name="Namespace">The namespace; empty for an object of the whole cluster.</param>
/// <param name="Name">The name.</param>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary><c>NAMESPACE/NAME</c>, or <c>NAME</c> without a namespace.</summary>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
