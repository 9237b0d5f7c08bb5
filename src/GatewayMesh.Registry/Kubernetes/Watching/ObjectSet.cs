using System.Collections;
using System.Collections.Immutable;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>
/// The objects of a watch at one moment. Immutable: a change of one object makes a new set that shares the rest with the old one. An object
/// that did not change is the same instance in both.
/// </summary>
public sealed class ObjectSet<TKept> : IReadOnlyCollection<KeyValuePair<ObjectKey, TKept>>
    where TKept : class
{
    internal ObjectSet(ImmutableDictionary<ObjectKey, HeldObject<TKept>> held, long change, long starts) =>
        (Held, Change, Starts) = (held, change, starts);

    /// <summary>Number of the change that made this set. Rises by one with each change, from 0 for the set before the first.</summary>
    public long Change { get; }

    /// <summary>
    /// Number of starts that brought a set other than the one before. What is missing after a start may have been lost by the cluster, not
    /// deleted.
    /// </summary>
    public long Starts { get; }

    /// <summary>Number of objects.</summary>
    public int Count => Held.Count;

    /// <summary>The objects with their versions.</summary>
    internal ImmutableDictionary<ObjectKey, HeldObject<TKept>> Held { get; }

    /// <summary>The empty set.</summary>
    internal static ObjectSet<TKept> Empty { get; } = new(ImmutableDictionary<ObjectKey, HeldObject<TKept>>.Empty, 0, 0);

    /// <summary>The object of a key; null if there is none.</summary>
    public TKept? Find(ObjectKey key) => Held.TryGetValue(key, out var held) ? held.Value : null;

    /// <summary>All objects, in no particular order.</summary>
    public IEnumerator<KeyValuePair<ObjectKey, TKept>> GetEnumerator()
    {
        foreach (var (key, held) in Held)
        {
            yield return new(key, held.Value);
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
