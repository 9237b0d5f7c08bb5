using System.Globalization;
using GatewayMesh.Configuration.Entries.MeshRouting;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Resolves references to backends.</summary>
/// <param name="services">All Services.</param>
/// <param name="grants">Permissions that references into other namespaces need; null if they need none, as at a Service.</param>
internal sealed class BackendResolver(ServiceDirectory services, ReferenceGrants? grants = null)
{
    /// <summary>Returns the backend of a reference, without header changes. An invalid reference keeps its weight.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="space">Namespace of the route.</param>
    /// <param name="kind">Kind of the route.</param>
    /// <param name="problem">Problem of the reference; null if it leads to a Service.</param>
    public MeshBackend Resolve(BackendRef reference, string space, RouteKind kind, out RouteProblem? problem)
    {
        var name = NameOf(reference, space, kind, out problem);
        return new MeshBackend(name, Math.Max(0, reference.Weight ?? 1)) { Fault = problem?.Reason };
    }

    private string NameOf(BackendRef reference, string space, RouteKind kind, out RouteProblem? problem)
    {
        var target = string.IsNullOrEmpty(reference.Namespace) ? space : reference.Namespace;
        var text = reference.Port is { } port
            ? string.Create(CultureInfo.InvariantCulture, $"{target}/{reference.Name}:{port}")
            : $"{target}/{reference.Name}";
        if (!ServiceDirectory.IsService(reference.Group, reference.Kind))
        {
            text = $"{reference.Kind} {text}";
            problem = new RouteProblem(RouteProblem.InvalidKind, $"{text} is not a Service");
            return text;
        }

        if (grants?.Allow(KindName(kind), space, target, reference.Name) == false)
        {
            problem = new RouteProblem(RouteProblem.RefNotPermitted, $"no ReferenceGrant in {target} permits the reference to {text}");
            return text;
        }

        var service = services.Find(target, reference.Name);
        var found = service?.Find(reference.Port ?? 0);
        problem = service is null ? new RouteProblem(RouteProblem.BackendNotFound, $"there is no Service {target}/{reference.Name}")
            : service.IsExternalName ? new RouteProblem(RouteProblem.InvalidKind, $"{target}/{reference.Name} is an ExternalName")
            : found is null ? new RouteProblem(RouteProblem.BackendNotFound, $"the Service has no such TCP port: {text}")
            : Speaks(kind, found.AppProtocol) ? null
            : new RouteProblem(
                RouteProblem.UnsupportedProtocol, $"{text} speaks {found.AppProtocol}, which an {KindName(kind)} cannot carry");
        return problem is null ? service!.NameOf(found!) : text;
    }

    /// <summary>The kind as objects name it.</summary>
    public static string KindName(RouteKind kind) => kind == RouteKind.Grpc ? GrpcRoute.KindName : HttpRoute.KindName;

    // A protocol without a meaning here, such as a name of one's own, counts as not declared.
    private static bool Speaks(RouteKind kind, string appProtocol) => appProtocol switch
    {
        "https" or "kubernetes.io/wss" => false,
        "kubernetes.io/ws" => kind == RouteKind.Http,
        _ => true,
    };
}
