using System.Collections.Immutable;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>One change of the store.</summary>
/// <param name="Kind">Kind of the object.</param>
/// <param name="Version">The counter after the change.</param>
/// <param name="Before">The object before; null: created.</param>
/// <param name="After">The object after; null: deleted.</param>
/// <param name="Last">The object, or its last state with the version of its deletion.</param>
/// <param name="Snapshot">All objects of the kind after the change.</param>
internal sealed record StoreEvent(
    ApiKind Kind,
    long Version,
    StoredObject? Before,
    StoredObject? After,
    StoredObject Last,
    ImmutableSortedDictionary<string, StoredObject> Snapshot);
