using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>
/// The frontend of a service in a registry that names services by namespace, port, and address, as Kubernetes does. The service is then
/// named <c>NAME.NAMESPACE</c>, or <c>NAME.NAMESPACE:PORT</c> for a port other than the default.
/// </summary>
/// <param name="Port">Port of the frontend, not of the instances.</param>
/// <param name="Addresses">Virtual IP addresses of the frontend; empty if it has none.</param>
public sealed record ServiceFrontend(int Port, ImmutableArray<string> Addresses)
{
    /// <summary>Compares by content, so that the same frontend read twice is equal.</summary>
    public bool Equals(ServiceFrontend? other) =>
        other is not null && Port == other.Port && Addresses.AsSpan().SequenceEqual(other.Addresses.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Port, Addresses.Length);
}
