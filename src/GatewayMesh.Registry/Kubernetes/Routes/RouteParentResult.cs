using System.Collections.Immutable;
using GatewayMesh.Registry.Kubernetes.Objects;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Result of a route at one parent of kind Service: an entry of <c>status.parents</c>.</summary>
/// <param name="Kind">Kind of the route.</param>
/// <param name="Route">Namespace and name of the route.</param>
/// <param name="Parent">Reference to the parent, as in the specification.</param>
/// <param name="Conditions"><c>Accepted</c>, <c>ResolvedRefs</c>, and <c>PartiallyInvalid</c> if it is true.</param>
public sealed record RouteParentResult(
    RouteKind Kind, ObjectKey Route, ParentRef Parent, ImmutableArray<RouteCondition> Conditions)
{
    /// <summary>Name of the controller in entries of the mesh: <c>gatewaymesh.dev/mesh-controller</c>.</summary>
    public const string ControllerName = "gatewaymesh.dev/mesh-controller";

    /// <summary>True if the parent takes the route.</summary>
    public bool IsAccepted => Conditions.Any(condition => condition is { Type: RouteCondition.Accepted, IsTrue: true });
}
