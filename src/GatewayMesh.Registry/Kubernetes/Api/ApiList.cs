using System.Collections.Immutable;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>All pages of a list.</summary>
/// <param name="Items">The objects. Those of built-in kinds have no <c>kind</c> and no <c>apiVersion</c>.</param>
/// <param name="ResourceVersion">Version of the store from which the list comes. A watch continues from this version.</param>
public sealed record ApiList<T>(ImmutableArray<T> Items, string ResourceVersion);
