using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.MeshRouting;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Routes of a cluster, translated.</summary>
/// <param name="Routes">Rules by service and namespace of the caller, for <see
/// cref="GatewayMesh.Configuration.Entries.EntrySet.MeshRoutes"/>.</param>
/// <param name="Results">Result for each parent of kind Service, for the status of the route.</param>
public sealed record RouteTranslation(MeshRouteSet Routes, ImmutableArray<RouteParentResult> Results);
