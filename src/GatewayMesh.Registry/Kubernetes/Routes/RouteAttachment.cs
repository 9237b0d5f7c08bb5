using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>A route at one parent of kind Service.</summary>
/// <param name="Source">The route.</param>
/// <param name="Parent">Reference to the parent.</param>
/// <param name="Service">The Service; null if it cannot be a parent.</param>
/// <param name="Ports">Ports of the Service that the route is for; none if it cannot be a parent.</param>
/// <param name="Problem">Reason why the parent does not take the route; null if it does.</param>
internal sealed record RouteAttachment(
    RouteSource Source, ParentRef Parent, MeshService? Service, ImmutableArray<MeshServicePort> Ports, RouteProblem? Problem)
{
    /// <summary>Namespace whose callers the route is for; empty for all, if route and Service have the same namespace.</summary>
    public string CallerNamespace => Service!.Namespace == Source.Metadata.Namespace ? "" : Source.Metadata.Namespace;

    /// <summary>True if the route counts: the parent takes it, and at least one of its rules is good.</summary>
    public bool IsAccepted => Problem is null && Source.Problem is null;

    /// <summary>Attaches <paramref name="source"/> to <paramref name="parent"/>.</summary>
    public static RouteAttachment Of(RouteSource source, ParentRef parent, ServiceDirectory services)
    {
        var space = string.IsNullOrEmpty(parent.Namespace) ? source.Metadata.Namespace : parent.Namespace;
        var service = services.Find(space, parent.Name);
        var kind = service is { IsExternalName: true } ? "an ExternalName" : service is { IsHeadless: true } ? "headless" : null;
        if (service is null || kind is not null)
        {
            return new RouteAttachment(
                source,
                parent,
                null,
                [],
                service is null
                    ? new RouteProblem(RouteProblem.NoMatchingParent, $"the Service {space}/{parent.Name} does not exist")
                    : RouteProblem.Unsupported($"the Service {space}/{parent.Name} is {kind} and cannot be a parent"));
        }

        ImmutableArray<MeshServicePort> ports =
        [
            .. service.Ports.Where(
                port => port.IsTcp
                    && (parent.Port ?? port.Number) == port.Number
                    && (string.IsNullOrEmpty(parent.SectionName) || parent.SectionName == port.Name)),
        ];
        var problem = ports.IsEmpty
            ? new RouteProblem(RouteProblem.NoMatchingParent, $"the Service {space}/{parent.Name} has no {Wanted(parent)}")
            : null;
        return new RouteAttachment(source, parent, service, ports, problem);
    }

    private static string Wanted(ParentRef parent) => (parent.Port, parent.SectionName) switch
    {
        ({ } port, null or "") => string.Create(CultureInfo.InvariantCulture, $"TCP port {port}"),
        (null, { Length: > 0 } name) => $"TCP port named {name}",
        ({ } port, var name) => string.Create(CultureInfo.InvariantCulture, $"TCP port {port} named {name}"),
        _ => "TCP port",
    };
}
