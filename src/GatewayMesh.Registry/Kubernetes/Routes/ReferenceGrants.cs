using System.Collections.Immutable;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>
/// Permissions for references into another namespace. Routes of Gateways need them, routes of Services do not: those expose nothing that a
/// caller in the mesh could not reach before.
/// </summary>
/// <param name="grants">All ReferenceGrants.</param>
public sealed class ReferenceGrants(IEnumerable<ReferenceGrant> grants)
{
    private readonly ImmutableArray<ReferenceGrant> _grants = [.. grants];

    /// <summary>True if an object of one namespace may refer to a Service of another.</summary>
    /// <param name="kind">Kind of the object, of the group <c>gateway.networking.k8s.io</c>.</param>
    /// <param name="from">Namespace of the object.</param>
    /// <param name="to">Namespace of the Service.</param>
    /// <param name="name">Name of the Service.</param>
    public bool Allow(string kind, string from, string to, string name) =>
        from == to
        || _grants.Any(
            grant => grant.Metadata.Namespace == to
                && grant.Spec.From.Any(
                    source => source.Group == "gateway.networking.k8s.io" && source.Kind == kind && source.Namespace == from)
                && grant.Spec.To.Any(
                    target => ServiceDirectory.IsService(target.Group, target.Kind)
                        && (string.IsNullOrEmpty(target.Name) || target.Name == name)));
}
