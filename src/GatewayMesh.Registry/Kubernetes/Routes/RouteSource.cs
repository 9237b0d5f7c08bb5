using System.Collections.Immutable;
using GatewayMesh.Registry.Kubernetes.Objects;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>A route of any kind, read.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Metadata">Metadata.</param>
/// <param name="Parents">All parents.</param>
/// <param name="Rules">Rules in order.</param>
/// <param name="References">Problems of references to backends.</param>
internal sealed record RouteSource(
    RouteKind Kind,
    ObjectMeta Metadata,
    IReadOnlyList<ParentRef> Parents,
    ImmutableArray<SourceRule> Rules,
    ImmutableArray<RouteProblem> References)
{
    /// <summary>Problem of the first rule if every rule is refused; null if one is good, or there is none.</summary>
    public RouteProblem? Problem => !Rules.IsEmpty && Rules.All(rule => rule.Problem is not null) ? Rules[0].Problem : null;
}
